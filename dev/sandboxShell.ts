// Writes the file that a shell sources to use a sandbox. The file also defines how to undo that.

/** A command that clicks a link of the host as a recipient does, through the edge at this port. */
export function clickCommand(hostname: string, { caFile, port }: { caFile: string; port: number }): string {
    const link = `https://${hostname}/f/mail/recipient?target=https%3A%2F%2Fshop.example%2Foffer`;
    return `curl -i --cacert ${quoted(caFile)} --connect-to ::127.0.0.1:${port} ${quoted(link)}`;
}

/**
 * For bash and zsh: sets these variables, puts these folders before PATH, and defines `sandbox_off`, after which every
 * variable is as it was.
 */
export function shellFile(variables: Record<string, string>, folders: readonly string[]): string {
    const names = [...Object.keys(variables), "PATH"];
    return `# Written by \`npm run sandbox\` for the sandbox that runs now. In bash or zsh: source sandbox.sh
# sandbox_off undoes it.
command -v sandbox_off >/dev/null && sandbox_off
sandbox_before=
for sandbox_name in ${names.join(" ")}; do
    if eval "[ -n \\"\\\${$sandbox_name+is set}\\" ]"; then
        eval "sandbox_value=\\$$sandbox_name"
        sandbox_before="$sandbox_before export $sandbox_name=$(printf %q "$sandbox_value");"
    else
        sandbox_before="$sandbox_before unset $sandbox_name;"
    fi
done
unset sandbox_name sandbox_value
sandbox_off() {
    eval "$sandbox_before"
    unset sandbox_before
    unset -f sandbox_off
}
${Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join("\n")}
export PATH=${folders.map(quoted).join(":")}:"$PATH"
`;
}

function quoted(text: string): string {
    return `'${text.replaceAll("'", "'\\''")}'`;
}
