# Completion of itlsim for fish: itlsim completion fish | source
function __itlsim_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l current $words[-1]
    set -l prefix (string match -r -- '^--[^=]*=' $current)
    for line in ($words[1] __complete -- $words[2..] 2>/dev/null)
        switch $line
            case :files
                set -l value (string replace -r -- '^--[^=]*=' '' $current)
                printf "$prefix%s\n" (__fish_complete_path "$value")
            case :dirs
                set -l value (string replace -r -- '^--[^=]*=' '' $current)
                printf "$prefix%s\n" (__fish_complete_directories "$value")
            case '*'
                echo $line
        end
    end
end
complete -c itlsim -f -a '(__itlsim_complete)'
