#compdef itlsim
# Completion of itlsim for zsh: source <(itlsim completion zsh), or a file _itlsim in $fpath
_itlsim() {
    local line
    local -a shown values
    local -i files=0 dirs=0
    while IFS= read -r line; do
        case $line in
        :files) files=1 ;;
        :dirs) dirs=1 ;;
        *)
            values+=("${line%%$'\t'*}")
            shown+=("${line/$'\t'/  -- }")
            ;;
        esac
    done < <("$words[1]" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
    ((${#values})) && compadd -l -d shown -a values
    ((files || dirs)) || return 0
    [[ $PREFIX == --*=* ]] && compset -P '*='
    ((files)) && _files
    ((dirs)) && _files -/
    return 0
}
if [[ $funcstack[1] == _itlsim ]]; then
    _itlsim "$@"
else
    compdef _itlsim itlsim
fi
