import { BrokenBackup } from '../source/broken.ts'
import type { Bytes } from '../source/bytes.ts'
import { ByteCursor } from '../source/cursor.ts'
import type { ArchiveFiles } from './members.ts'
import type { TarMember } from './tar-index.ts'

/** The files of a tar, below the folder in which its toc.dat is. `open` gives the tar from a position on. */
export function tarFiles(members: readonly TarMember[], open: (from: number) => Promise<Bytes>): ArchiveFiles {
  const toc = members.find(({ name }) => /(^|\/)toc\.dat$/.test(name))
  if (!toc) throw new BrokenBackup('MEMBER_MISSING', 'there is no toc.dat in it', 'toc.dat')
  const folder = toc.name.slice(0, -'toc.dat'.length)
  const below = members.filter(({ name }) => name.startsWith(folder))
  const byName = new Map(below.map((member) => [member.name.slice(folder.length), member]))
  const forward = new Forward(open)
  return {
    names: () => new Set(byName.keys()),
    close: () => forward.close(),
    async open(name) {
      const member = byName.get(name)
      if (!member) throw new BrokenBackup('MEMBER_MISSING', `the file ${name} is missing`, name)
      return forward.part(member)
    },
  }
}

/** Goes forward in one stream as long as it can: the files are mostly wanted in the order in which they stand. */
class Forward {
  #cursor: ByteCursor | undefined

  constructor(private readonly open: (from: number) => Promise<Bytes>) {}

  async close(): Promise<void> {
    await this.#cursor?.close()
    this.#cursor = undefined
  }

  async *part({ offset, size }: TarMember): AsyncGenerator<Buffer> {
    if (!this.#cursor || this.#cursor.position > offset || offset - this.#cursor.position > 2 ** 16) {
      await this.#cursor?.close()
      this.#cursor = new ByteCursor(await this.open(offset), offset)
    }
    await this.#cursor.skip(offset - this.#cursor.position)
    yield* this.#cursor.parts(size)
  }
}
