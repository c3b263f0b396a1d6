import type { ReadOptions } from '../define.ts'
import { BrokenBackup } from './broken.ts'
import type { Bytes } from './bytes.ts'

export async function* openGpg(_bytes: Bytes, _options: ReadOptions): AsyncGenerator<Buffer> {
  yield Buffer.alloc(0)
  throw new BrokenBackup('UNSUPPORTED', 'gpg cannot be read yet')
}
