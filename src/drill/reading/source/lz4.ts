import { BrokenBackup } from './broken.ts'
import type { Bytes } from './bytes.ts'

export async function* unlz4(_bytes: Bytes): AsyncGenerator<Buffer> {
  yield Buffer.alloc(0)
  throw new BrokenBackup('UNSUPPORTED', 'lz4 cannot be read yet')
}
