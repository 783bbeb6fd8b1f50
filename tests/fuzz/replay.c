/* replay.c - runs a fuzzer's entry point over files and folders, without libFuzzer: a corpus as a regression test.
 *
 * usage: fuzz_csv_replay PATH...    status 0 when every file was run, 1 when one could not be read or there was none
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t n_run;

static int run_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    /* exactly as large as the file, so that a sanitizer sees a read behind its end */
    uint8_t *data = malloc(size ? size : 1);
    int failed = !file || !data || fread(data, 1, size, file) != size;

    if (failed)
        fprintf(stderr, "%s: cannot be read\n", path);
    else
        LLVMFuzzerTestOneInput(data, size);
    n_run += !failed;
    free(data);
    if (file)
        fclose(file);
    return failed;
}

static int run(const char *path)
{
    struct stat info;
    DIR *folder;
    int failed = 0;

    if (stat(path, &info) != 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 1;
    }
    if (!S_ISDIR(info.st_mode))
        return run_file(path, (size_t)info.st_size);
    folder = opendir(path);
    if (!folder) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 1;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) < (int)sizeof name)
            failed |= run(name);
    }
    closedir(folder);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;

    for (int i = 1; i < argc; i++)
        failed |= run(argv[i]);
    printf("%zu files run\n", n_run);
    return failed || n_run == 0;
}
