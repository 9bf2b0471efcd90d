extension CompletionScript {
    /// readline divides words at `=` and `:`, too; what is offered has to begin behind the last of these.
    static func bash(_ commands: [String]) -> String {
        #"""
        _pulid-run() {
            local line="${COMP_LINE}" word
            local -a words=()
            local -i i
            for ((i = 0; i <= COMP_CWORD; i++)); do
                word="${COMP_WORDS[i]}"
                if [[ "${i}" -eq 0 || "${line}" = [[:space:]]* ]]; then
                    line="${line#"${line%%[![:space:]]*}"}"
                    words+=("${word}")
                else
                    words[-1]+="${word}"
                fi
                line="${line#"${word}"}"
            done

            # What is behind the cursor is no part of the word, nor are quotes.
            local cur="${words[-1]}"
            local -i behind="$((${#line} < ${#COMP_LINE} - COMP_POINT ? ${#COMP_LINE} - COMP_POINT - ${#line} : 0))"
            cur="${cur:0:${#cur} - behind}"
            local kept="${cur%"${2}"}"
            kept="${kept//[\"\'\\]/}"
            cur="${cur//[\"\'\\]/}"
            if [[ "${cur}" = --*=* ]]; then
                words[-1]="${cur%%=*}"
                kept="${kept#"${cur%%=*}="}"
                cur="${cur#*=}"
                words+=("${cur}")
            else
                words[-1]="${cur}"
            fi

            local -r is_first="$((${#words[@]} == 2))"
            if [[ "${is_first}" -eq 0 || "${cur}" = -* ]]; then
                case "${words[1]}" in
                COMMANDS) ;;
                *) words=("${words[0]}" run "${words[@]:1}") ;;
                esac
            fi
            line="${words[*]}"
            COMP_WORDS=("${words[@]}" "${COMP_WORDS[@]:COMP_CWORD + 1}")
            COMP_CWORD="$((${#words[@]} - 1))"
            COMP_LINE="${COMP_WORDS[*]}"
            COMP_POINT="${#line}"

            _pulid-run_commands "${1}" "${cur}" "${words[-2]}"

            if [[ "${is_first}" -eq 1 && "${cur}" != -* ]]; then
                while IFS='' read -r word; do
                    COMPREPLY+=("${word}")
                done < <(shopt -s extglob; compgen -o plusdirs -fX '!*.@(yaml|yml)' -- "${cur}")
            fi
            for i in "${!COMPREPLY[@]}"; do
                COMPREPLY[i]="${COMPREPLY[i]#"${kept}"}"
            done
            # `style=` is no word yet, and readline would quote the sign.
            if [[ "${#COMPREPLY[@]}" -eq 1 && "${COMPREPLY[0]}" = *= ]]; then
                compopt +o filenames -o nospace 2> /dev/null
            fi
        }
        """#
        .replacing("COMMANDS", with: commands.joined(separator: "|"))
    }

    /// Words are taken as they are: `compgen -W` would run what a recipe has as `$(...)`.
    static let bashWords = #"""

        __pulid-run_add_completions() {
            local completion
            while IFS='' read -r completion; do
                if [[ "${1}" != -W || "${completion}" = "${cur}"* ]]; then
                    COMPREPLY+=("${completion}")
                fi
            done < <(if [[ "${1}" = -W ]]; then printf '%s\n' "${2}"; else IFS=$'\n' compgen "${@}" -- "${cur}"; fi)
        }

        """#
}
