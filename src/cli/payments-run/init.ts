import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { usageError } from '../../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import { initContract } from '../../payments/init/init.ts'
import type { CommandContext } from '../define.ts'
import { defaultContract, readPaymentsOptions } from './options.ts'

/** Writes a contract from a running backend's answers as far as they tell, and says what is left to complete. */
export async function initPaymentsContract(context: CommandContext): Promise<ExitCode> {
  const { screen, cwd, signal, options } = context
  const { allow } = readPaymentsOptions(context)
  const { contract = defaultContract } = options as { contract?: string }
  const file = resolve(cwd, contract)
  const { baseUrl } = options as { baseUrl?: string }
  if (!baseUrl || !URL.canParse(baseUrl))
    throw usageError('payments init needs --base-url', 'give the address of the running backend: http://127.0.0.1:8000')
  if (existsSync(file)) throw usageError(`${contract} exists already`, 'remove it, or name another with --contract')
  const { text, open } = await initContract({ baseUrl, dir: dirname(file), allow, signal })
  await writeFileAtomic(file, text)
  screen.print(`wrote ${relative(cwd, file)}`)
  for (const line of open) screen.print(`  to complete: ${line}`)
  return exitCodes.pass
}
