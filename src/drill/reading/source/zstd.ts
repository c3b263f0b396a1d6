import { BrokenBackup } from './broken.ts'
import type { Bytes } from './bytes.ts'

export async function* unzstd(_bytes: Bytes): AsyncGenerator<Buffer> {
  yield Buffer.alloc(0)
  throw new BrokenBackup('UNSUPPORTED', 'zstd cannot be read yet')
}
