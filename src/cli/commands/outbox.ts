import type { Command } from 'commander'
import { GatekitError, usageError } from '../../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import type { OutboxEntry } from '../../outbox/entry.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import { type CommandContext, defineCommand } from '../define.ts'

const verbs = ['list', 'show', 'verify'] as const

/** `gatekit outbox`: what was sent, one message, or whether the folder is sound. */
export const outbox = defineCommand({
  name: 'outbox',
  summary: 'list, show or verify the messages in the file outbox',
  configure(command: Command) {
    command
      .argument('<verb>', 'list, show or verify')
      .argument('[id]', 'for show: id, file name or path of a message')
      .option('--dir <folder>', 'the outbox', 'qa/notify/outbox')
      .option('--state <state>', 'for list: put, sending, sent, failed or unknown')
      .option('--to <address>', 'for list: one recipient')
      .option('--heal', 'for verify: mend what has one safe answer')
      .addHelpText(
        'after',
        '\nverify exits 1 when something is wrong and names the paths, 3 when there is no such folder.',
      )
  },
  async run(context) {
    const [verb, id] = context.args
    if (!verbs.includes(verb as (typeof verbs)[number]))
      throw usageError(`outbox ${verb}: no such verb`, `use ${verbs.join(', ')}`)
    const opened = await open(context)
    if (verb === 'show') return show(context, opened, id)
    return verb === 'verify' ? verify(context, opened) : list(context, opened)
  },
})

async function open({ cwd, options }: CommandContext): Promise<Outbox> {
  const { stat } = await import('node:fs/promises')
  const { relative, resolve } = await import('node:path')
  const { existingOutbox } = await import('../../outbox/outbox.ts')
  const dir = String(options.dir)
  const found = await stat(resolve(cwd, dir)).catch(() => undefined)
  if (!found?.isDirectory()) {
    const problem = { title: `no outbox at ${dir}`, remedy: 'name it with --dir, or send something first' }
    throw new GatekitError(problem, exitCodes.undecided)
  }
  return existingOutbox(relative(process.cwd(), resolve(cwd, dir)) || '.')
}

async function list({ screen, options }: CommandContext, outbox: Outbox): Promise<ExitCode> {
  const { checkState } = await import('../../outbox/accept.ts')
  const state = options.state as OutboxEntry['state'] | undefined
  if (state !== undefined) checkState(state)
  const to = options.to as string | undefined
  const entries = await outbox.find({ ...(state && { state }), ...(to !== undefined && { to }) })
  if (screen.json) screen.print(JSON.stringify(entries, null, 2))
  else printTable(screen, entries)
  return exitCodes.pass
}

function printTable(screen: CommandContext['screen'], entries: readonly OutboxEntry[]): void {
  const { paint } = screen
  const head = ['TIME (UTC)', 'STATE', 'MODE', 'TO', 'TEMPLATE', 'SUBJECT', 'ID']
  const rows = entries.map((entry) => [
    new Date(entry.ts * 1000).toISOString().slice(0, 19).replace('T', ' '),
    entry.state,
    entry.mode,
    shorten(entry.to, 32),
    entry.template,
    shorten(entry.subject, 40),
    entry.id,
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  if (rows.length > 0) screen.print(paint.bold(line(head)))
  for (const row of rows) screen.print(line(row))
  screen.say(counted(entries.length))
}

async function show({ screen, args }: CommandContext, outbox: Outbox, id: string | undefined): Promise<ExitCode> {
  if (!id || args.length > 2) throw usageError('outbox show takes one message', 'gatekit outbox list names them')
  const entry = await outbox.get(id)
  if (!entry) throw usageError(`no message ${id} in ${outbox.dir}`, 'gatekit outbox list names them')
  screen.print(JSON.stringify(entry, null, 2))
  return exitCodes.pass
}

async function verify({ screen, options }: CommandContext, outbox: Outbox): Promise<ExitCode> {
  const { paint } = screen
  const found = await outbox.verify({ heal: Boolean(options.heal) })
  const open = found.problems.filter(({ healed }) => !healed)
  if (screen.json) screen.print(JSON.stringify({ ok: open.length === 0, ...found }, null, 2))
  else {
    for (const { kind, path, detail, healed } of found.problems)
      screen.print(
        `${healed ? paint.green('healed') : paint.red('wrong ')}  ${kind}  ${shorten(path, 300)}: ${shorten(detail, 200)}`,
      )
    const verdict = open.length === 0 ? paint.green('sound') : paint.red(`${open.length} wrong`)
    screen.print(
      `${verdict}: ${counted(found.entries)}${found.first > 0 ? `, ${found.first} in the first format` : ''} in ${outbox.dir}`,
    )
  }
  return open.length === 0 ? exitCodes.pass : exitCodes.fail
}

const counted = (count: number): string => (count === 1 ? '1 message' : `${count} messages`)

/** For the terminal: a file that somebody wrote by hand may hold escape sequences. */
function shorten(text: string, length: number): string {
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?')
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain
}
