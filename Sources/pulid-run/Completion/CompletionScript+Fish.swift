extension CompletionScript {
    static func fish(_ commands: [String]) -> String {
        #"""

        complete -c 'pulid-run' -n '__pulid-run_should_offer_completions_for_positional "pulid-run" -eq 1' -fa '(__pulid-run_recipes)'

        function __pulid-run_recipes
            for recipe in (__pulid-run_folder)*.{yaml,yml}
                printf %s\n $recipe
            end
            __fish_complete_directories (commandline -t) ''
        end

        # In which a file is that is being typed.
        function __pulid-run_folder
            string match -r -- '.*/' (string unescape -- (commandline -ct)); or printf \n
        end

        # As above, with `run` in front of a recipe in the place of a command.
        function __pulid-run_tokens
            # How far the cursor is in its word, which fish 3 says of a line alone that somebody types.
            if test "$argv" = -tC
                string length -- "$(commandline -ct)"
                return
            end
            set -l tokens
            if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
                set tokens (commandline --tokens-raw $argv)
            else
                set tokens (commandline -o $argv)
            end
            if string match -q -- '-p*' $argv[1]
                if test (count $tokens) -gt 1; or string match -q -- '-*' (commandline -ct)
                    if not contains -- "$tokens[2]" COMMANDS
                        set tokens $tokens[1] run $tokens[2..]
                    end
                end
            end
            for token in $tokens
                printf %s\n $token
            end
        end

        """#
        .replacing("COMMANDS", with: commands.joined(separator: " "))
    }

    /// Files of a folder whose name is typed with the beginning of a file's, `recipes/sty`, too.
    static func withWholePaths(_ generated: String) -> String {
        generated.replacing(#"(string match -e -- \'*/\' (commandline -t);or printf \n)"#, with: "(__pulid-run_folder)")
    }
}
