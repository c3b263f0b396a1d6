import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import { loadContract } from '../../payments/contract/load.ts'
import { lintContract, renderLint } from '../../payments/lint/lint.ts'
import { probes } from '../../payments/probes/list.ts'
import type { CommandContext } from '../define.ts'
import { readPaymentsOptions } from './options.ts'
import { ownBackend } from './own-backend.ts'

/** What the contract makes measurable, and what each further entry would unlock; contacts nothing. */
export async function lintPaymentsContract(context: CommandContext): Promise<ExitCode> {
  const { screen, cwd, env } = context
  const { contract: file, allow } = readPaymentsOptions(context)
  const own = await ownBackend(context)
  const contract = await loadContract(own?.path ?? file, { cwd, env, allow }).finally(own?.remove)
  const lint = lintContract(contract, Object.values(probes))
  if (screen.json) screen.print(JSON.stringify(lint, null, 2))
  else for (const line of renderLint(lint)) screen.print(line)
  return exitCodes.pass
}
