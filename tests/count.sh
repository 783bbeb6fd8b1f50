# shellcheck shell=sh
# count.sh - for tests in shell: counts what holds, and shows what does not. To be sourced; makes the folder $folder,
# which is removed at the end.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0

check() { # what, command ...
    what=$1
    shift
    if "$@" >"$folder/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$what:"
        cat "$folder/log"
    fi
}

same() { # what, expected, actual
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '%s: expected\n%s\n  and got\n%s\n' "$1" "$2" "$3"
    fi
}

has() { # what, part, text
    case $3 in
    *"$2"*) passed=$((passed + 1)) ;;
    *)
        failed=$((failed + 1))
        printf '%s: there is no "%s" in\n%s\n' "$1" "$2" "$3"
        ;;
    esac
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}
