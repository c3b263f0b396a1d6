import type { Database, Scratch } from '../engines/define.ts'
import type { TableReading } from '../reading/define.ts'
import { prepareStream } from './stream.ts'
import { countRows, sumTable, type TableSum } from './table-sum.ts'

interface EarlySum {
  rows: number
  /** At depth `fast`, rows are only counted. */
  sum?: TableSum
}

/**
 * Sums of tables that were taken while the rest of the backup was being restored: the rows of a table are what they will be as soon as
 * they are in. A sum that is not here is taken later.
 */
export class EarlySums {
  #session: Promise<Database> | undefined
  #sums = new Map<TableReading, Promise<EarlySum | undefined>>()

  constructor(
    private readonly scratch: Pick<Scratch, 'superuser'>,
    private readonly encoding: string,
    private readonly depth: 'fast' | 'full',
  ) {}

  /** Resolves when the table's sum was taken, or could not be. */
  async take(table: TableReading): Promise<void> {
    if (table.sha256 === undefined || table.blocks !== 1) return
    const options = { columns: table.columns, encoding: table.encoding ?? this.encoding }
    this.#session ??= this.open()
    const sum = this.#session.then((session) =>
      this.depth === 'full' ? summed(session, table, options) : counted(session, table),
    )
    const taken = sum.catch(() => undefined)
    this.#sums.set(table, taken)
    await taken
  }

  /** Something that may have changed rows was run. */
  forget(): void {
    this.#sums.clear()
  }

  of(table: TableReading): Promise<EarlySum | undefined> | undefined {
    return this.#sums.get(table)
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined)
    await session?.close()
  }

  private async open(): Promise<Database> {
    const session = await this.scratch.superuser()
    await prepareStream(session)
    return session
  }
}

const counted = async (session: Database, table: TableReading): Promise<EarlySum> => ({
  rows: await countRows(session, table),
})

async function summed(
  session: Database,
  table: TableReading,
  options: Parameters<typeof sumTable>[2],
): Promise<EarlySum> {
  const sum = await sumTable(session, table, options)
  return { rows: sum.rows, sum }
}
