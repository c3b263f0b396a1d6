import { usageError } from '../../kernel/errors.ts'
import type { ExitCode } from '../../kernel/exit.ts'
import type { CommandContext } from '../define.ts'

/** `gatekit drill selftest` */
export async function selftestDrill(_context: CommandContext): Promise<ExitCode> {
  throw usageError('drill selftest is not here yet')
}
