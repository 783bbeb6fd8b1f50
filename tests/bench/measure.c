/* measure.c - runs a command and tells what it took, as the operating system counts it.
 *
 * usage: measure REPORT COMMAND [ARG ...]
 *
 * REPORT gets one line when the command has ended: exit status, seconds from start to end, processor seconds of the
 * process and its children, and the most memory that one process of them had resident, in bytes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct timespec start, end;
    struct rusage usage;
    FILE *report;
    pid_t child;
    int status;

    if (argc < 3) {
        fputs("usage: measure REPORT COMMAND [ARG ...]\n", stderr);
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &start);
    child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("measure");
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    report = fopen(argv[1], "w");
    if (report == NULL) {
        perror(argv[1]);
        return 1;
    }
    fprintf(report, "%d %.6f %.6f %.0f\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9,
            seconds(usage.ru_utime) + seconds(usage.ru_stime), (double)usage.ru_maxrss * 1024);
    return fclose(report) == 0 ? 0 : 1;
}
