# Completion of itlsim for bash: source <(itlsim completion bash)
_itlsim() {
    local -a words=()
    local i word glue= line
    # bash takes --flag=value for three words
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == = || $glue ]]; then
            words[${#words[@]} - 1]+=$word
            [[ $word == = ]] && glue=1 || glue=
        else
            words+=("$word")
        fi
    done
    local current=${words[${#words[@]} - 1]} value=${COMP_WORDS[COMP_CWORD]}
    [[ $value == = ]] && value=
    local prefix=${current%"$value"}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
        :files) compopt -o filenames; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$value") ;;
        :dirs) compopt -o filenames; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$value") ;;
        *)
            line=${line%%$'\t'*}
            [[ $line == *= || $line == *, ]] && compopt -o nospace
            line=${line#"$prefix"}
            COMPREPLY+=("${line// /\\ }")
            ;;
        esac
    done < <("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)
}
complete -F _itlsim itlsim
