/** What a line of psql's backslash commands means for a restore without psql. */
export type MetaMeaning =
  | { kind: 'nothing' }
  /** Statements go to another database from here on. */
  | { kind: 'connect'; database: string }
  /** psql stops reading here. */
  | { kind: 'quit' }
  /** Would run a program, touch files or reach another server. */
  | { kind: 'hostile'; command: string }
  /** psql has no such command: the line is a row that lost its COPY, or garbage. */
  | { kind: 'unknown'; command: string }

const harmless = new Set(
  'restrict unrestrict echo qecho warn set unset pset timing x a t f H C T r reset p print encoding errverbose conninfo begin copyright ? h help ; :'.split(
    ' ',
  ),
)
const hostile = new Set(
  '! copy i ir include include_relative o out w write e edit ef ev g gx gset gexec watch lo_import lo_export lo_unlink s setenv getenv cd password prompt bind parse startpipeline sv sf'.split(
    ' ',
  ),
)
const conditional = new Set(['if', 'elif', 'else', 'endif'])

/** Reads one line; several commands may stand on it, of which the worst counts. */
export function readMeta(line: string): MetaMeaning {
  const meanings = commandsOf(line).map(meaningOf)
  return (
    meanings.find(({ kind }) => kind === 'hostile') ??
    meanings.find(({ kind }) => kind === 'unknown') ??
    meanings.find(({ kind }) => kind !== 'nothing') ?? { kind: 'nothing' }
  )
}

interface Command {
  name: string
  arguments: string[]
  /** A part in backticks, which psql hands to a shell. */
  runsShell: boolean
}

function meaningOf({ name, arguments: args, runsShell }: Command): MetaMeaning {
  if (runsShell) return { kind: 'hostile', command: `\\${name} \`…\`` }
  if (name === 'q' || name === 'quit') return { kind: 'quit' }
  if (name === 'c' || name === 'connect') return connection(args)
  if (name === 'copy' && /\bfrom\s+p?stdin\b/i.test(args.join(' ')) && !/\bprogram\b/i.test(args.join(' ')))
    return { kind: 'nothing' }
  if (hostile.has(name)) return { kind: 'hostile', command: `\\${name}` }
  if (harmless.has(name) || conditional.has(name) || /^d\w*[+S]*$/.test(name)) return { kind: 'nothing' }
  return { kind: 'unknown', command: `\\${name.slice(0, 40)}` }
}

function connection(args: readonly string[]): MetaMeaning {
  const [target = '', , host] = args.filter((each) => !each.startsWith('-reuse-previous'))
  const isUri = /^postgres(ql)?:\/\//.test(target)
  const named = /^\s*dbname\s*=/.test(target)
  if (isUri || (host !== undefined && host !== '-') || (named && /\bhost(addr)?\s*=/.test(target)))
    return { kind: 'hostile', command: '\\connect to another server' }
  if (!named) return { kind: 'connect', database: target }
  const quoted = /^\s*dbname\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S*))/.exec(target)
  return { kind: 'connect', database: (quoted?.[1] ?? quoted?.[2] ?? '').replace(/\\(.)/g, '$1') }
}

/** `\!` and `\copy` take the rest of the line; elsewhere an unquoted backslash begins the next command. */
function commandsOf(line: string): Command[] {
  const commands: Command[] = []
  let at = 0
  while (at < line.length && commands.length < 50) {
    const name = /^\\([A-Za-z_]+[+S]*|[^\s\\]|\\)?/.exec(line.slice(at, at + 100))
    if (!name) break
    at += name[0].length
    const command: Command = { name: name[1] ?? '', arguments: [], runsShell: false }
    commands.push(command)
    if (command.name === '!' || command.name === 'copy')
      return [...commands.slice(0, -1), { ...command, arguments: [line.slice(at)] }]
    at = takeArguments(line, at, command)
  }
  return commands
}

function takeArguments(line: string, start: number, command: Command): number {
  let at = start
  let argument = ''
  let has = false
  const end = () => {
    if (has) command.arguments.push(argument)
    argument = ''
    has = false
  }
  for (; at < line.length && line[at] !== '\\'; at++) {
    const char = line[at] as string
    if (/\s/.test(char)) {
      end()
      continue
    }
    has = true
    if (char !== "'" && char !== '"' && char !== '`') {
      argument += char
      continue
    }
    if (char === '`') command.runsShell = true
    const close = closing(line, at, char)
    argument += line.slice(at + 1, close).replaceAll(char + char, char)
    at = close
  }
  end()
  return at
}

function closing(line: string, at: number, mark: string): number {
  for (let end = at + 1; end < line.length; end++) {
    if (mark === "'" && line[end] === '\\') end++
    else if (line[end] === mark && line[end + 1] === mark) end++
    else if (line[end] === mark) return end
  }
  return line.length
}
