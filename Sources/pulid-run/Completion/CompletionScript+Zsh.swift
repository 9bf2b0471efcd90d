extension CompletionScript {
    /// Behind the functions that are generated, of which one is replaced: words may hold colons, and `style=` and folders
    /// go on.
    static func zsh(_ commands: [String]) -> String {
        #"""
        __pulid-run_custom_complete() {
            local -a completions
            completions=("${(@f)"$("${command_name}" "${@}" "${command_line[@]}")"}")
            # The last is a mark of the end.
            completions=("${(@)completions[1,-2]}")
            local -ar open=("${(@M)completions:#*[=/]}") whole=("${(@)completions:#*[=/]}")
            (( ${#open} )) && compadd -S '' -- "${open[@]}"
            (( ${#whole} )) && compadd -- "${whole[@]}"
        }

        _pulid-run() {
            local -ar known=(COMMANDS)
            if [[ ("${CURRENT}" -gt 2 || "${words[2]}" = -*) && "${known[(Ie)${words[2]}]}" -eq 0 ]]; then
                words=("${words[1]}" run "${(@)words[2,-1]}")
                (( CURRENT++ ))
            fi
            local -i ret=1
            _pulid-run_commands && ret=0
            [[ "${CURRENT}" -eq 2 ]] && _files -g '*.(yaml|yml)' && ret=0
            return "${ret}"
        }
        """#
        .replacing("COMMANDS", with: commands.joined(separator: " "))
    }
}
