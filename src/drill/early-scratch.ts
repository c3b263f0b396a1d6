import { performance } from 'node:perf_hooks'
import type { Scratch } from './engines/define.ts'
import { givenEngine } from './engines/given.ts'
import type { DrillState } from './flow.ts'
import { assertNotSource } from './identity/not-source.ts'
import type { Lease } from './lease/lease.ts'
import type { Begun } from './phases.ts'
import { provision } from './provision.ts'
import type { BackupHeader } from './reading/define.ts'

interface Made {
  header: BackupHeader
  scratch: Promise<Scratch>
  begun: () => Begun
}

/**
 * The scratch database on a given server, made while the backup is still being read: it is empty, and nothing of the backup goes into it
 * before all of that was read and found good; else it is dropped again. Only where a server runs already, for none is started for a
 * backup that nobody has read; and not where there is a source, which is told from the target and looked at before anything is made.
 */
export class EarlyScratch {
  #made: Made | undefined

  constructor(
    private readonly state: DrillState,
    private readonly lease: Lease,
  ) {}

  begin(header: BackupHeader): void {
    const { options } = this.state
    const isGiven = options.targetUrl !== undefined && (options.engine === 'auto' || options.engine === 'given')
    if (this.#made || !isGiven || options.sourceUrl) return
    const [at, start] = [options.clock.now(), performance.now()]
    let ms: number | undefined
    const scratch = this.#make(header)
    const ends = () => {
      ms = performance.now() - start
    }
    // What went wrong is told when it is asked for, if the backup is good.
    scratch.then(ends, ends)
    this.#made = { header, scratch, begun: () => ({ at, ms: ms ?? performance.now() - start }) }
  }

  async #make(header: BackupHeader): Promise<Scratch> {
    const { drillId, options } = this.state
    await assertNotSource(options.targetUrl ?? '', undefined, options.env, options)
    const place = { drillId, options, lease: this.lease, reading: { header, extensions: [] } }
    return provision(place, givenEngine)
  }

  /** The database, where one is being made as this backup needs it; to be stopped by who took it. */
  async take({ encoding, locale }: BackupHeader): Promise<Omit<Made, 'header'> | undefined> {
    const made = this.#made
    if (!made) return undefined
    if (made.header.encoding !== encoding || made.header.locale !== locale) {
      await this.drop()
      return undefined
    }
    this.#made = undefined
    return made
  }

  /** Removes what nobody took. */
  async drop(): Promise<void> {
    const made = this.#made
    this.#made = undefined
    const scratch = await made?.scratch.catch(() => undefined)
    if (scratch) await this.state.phases.run('cleanup', () => scratch.stop())
  }
}
