import { usageError } from '../../kernel/errors.ts'
import type { Change } from '../main.ts'

export async function findChange(option: string, id: string | undefined): Promise<Change> {
  throw usageError(`unknown ${option} ${id}`)
}
