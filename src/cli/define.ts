import type { Command } from 'commander'
import type { ExitCode } from '../kernel/exit.ts'
import type { Screen } from './screen.ts'

export interface CommandContext {
  screen: Screen
  /** Positional arguments as typed. */
  args: string[]
  options: Record<string, unknown>
  cwd: string
  env: NodeJS.ProcessEnv
  /** Aborts on Ctrl-C and SIGTERM; a command stops its children and resolves. */
  signal: AbortSignal
}

export interface CommandDefinition {
  name: string
  summary: string
  /** Declares arguments and options on a fresh commander command. */
  configure(command: Command): void
  /** Does the work and tells how it ended; only main sets the process's exit code. */
  run(context: CommandContext): Promise<ExitCode>
}

/** Makes a command; one file under src/cli/commands/ exports one, and imports what it needs lazily. */
export const defineCommand = (definition: CommandDefinition): CommandDefinition => definition
