import { runCommand } from '../../../kernel/run-command.ts'
import { fillCommand } from '../../contract/template.ts'
import { type ReadableSource, readingMs } from './source.ts'

export interface CommandSource {
  command: string
  cwd: string
  env: Record<string, string>
}

/** What a command prints: one JSON document, or one per line. Nothing at all is no such thing. */
export const commandSource = ({ command, cwd, env }: CommandSource): ReadableSource => ({
  async read(fillings, outer) {
    const timer = AbortSignal.timeout(readingMs)
    const signal = outer ? AbortSignal.any([outer, timer]) : timer
    const settings = { cwd, env, signal, graceMs: 1_000 }
    const { exitCode, stdout, stderr } = await runCommand(['sh', '-c', fillCommand(command, fillings)], settings)
    if (timer.aborted) throw new Error(`the command was not done in ${readingMs} ms`)
    if (exitCode !== 0) throw new Error(`the command ended with ${exitCode}: ${stderr.text.trim().slice(-200)}`)
    return { document: parseOutput(stdout.text), body: stdout.text }
  },
})

function parseOutput(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    try {
      return lines.map((line) => JSON.parse(line) as unknown)
    } catch {
      throw new Error('the command printed something that is not JSON')
    }
  }
}
