import { mailFiles, mailFolderOf, needsMailFolder, readNow } from '../mailbox/folder.ts'
import { freshWord, mailRequest } from '../mailbox/notify.ts'
import type { Attempt, PlainRequest, Rig } from '../rig/define.ts'
import { pause } from '../rig/deliver.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Large enough that writing it takes more than one step. */
const bodySize = 200_000
const rounds = 12
const together = 4

/** Whoever reads the outbox finds whole mails or none. */
export const h2 = defineProbe({
  id: 'H2',
  title: 'half-written mail in the outbox',
  rule: 'A file appears in the outbox whole or not at all, also when the process is killed while it writes.',
  source: [
    {
      text: 'POSIX, rename: replaces atomically',
      url: 'https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html',
    },
  ],
  guard: 'Only *.json files that appeared during the probe; other names, such as temporary ones, are free.',
  example: 'open(path, "w") and json.dump: a reader at the wrong moment finds half a mail.',
  company: 'alone',
  needs: (contract) => needsMailFolder(contract),
  async run(rig) {
    const folder = mailFolderOf(rig.contract)
    if (folder === undefined) return unmeasured('there is no folder of mails')
    const size = await sizeThatIsTaken(rig)
    if (size === undefined) return unmeasured('an ordinary mail was refused')
    const reader = readWhileWritten(folder)
    for (let round = 0; round < (rig.smoke ? 3 : rounds) && !reader.torn; round++)
      await rig.requests(mails(rig, together, size))
    await reader.stop()
    if (reader.torn) return torn('a mail could be read while it was half written')
    if (!rig.contract.control.restart) return green('no half mail was ever seen; killing is not allowed')
    for (const waitMs of rig.smoke ? [2] : [1, 3, 8]) {
      const before = new Set(mailFiles(folder))
      const sending = rig.requests(mails(rig, together, size))
      await pause(waitMs)
      await rig.kill()
      await sending
      const broken = mailFiles(folder).filter((name) => !before.has(name) && !isWhole(readNow(folder, name)))
      if (broken.length > 0) return torn('a process that was killed while it wrote left half a mail')
    }
    return green('no half mail was ever seen, and none was left by a kill')
  },
})

const torn = (reason: string) =>
  red(reason, {
    want: 'whole JSON or no file',
    got: 'a *.json file that is not whole',
    harm: 'a mail is lost, or whoever sends the outbox stops at it',
  })

const mails = (rig: Rig, count: number, size: number): PlainRequest[] =>
  Array.from({ length: count }, () => mailOf(rig, size))

/** The size goes where the contract's body has room for data. */
function mailOf(rig: Rig, size: number): PlainRequest {
  const body = rig.contract.facts.notify?.request.body ?? {}
  const text = freshWord()
    .repeat(Math.ceil(size / 20))
    .slice(0, size)
  const place = Object.entries(body).find(([, value]) => typeof value === 'object' && value !== null)?.[0]
  return mailRequest(rig, { changes: place === undefined ? {} : { [place]: { text } } })
}

async function sizeThatIsTaken(rig: Rig): Promise<number | undefined> {
  for (const size of [bodySize, bodySize / 10, 20]) {
    const [answer] = (await rig.requests([mailOf(rig, size)])) as [Attempt]
    if (answer.outcome === 'ok') return size
  }
  return undefined
}

/** Reads every new file again and again until it was whole once, as fast as the loop turns. */
function readWhileWritten(folder: string): { readonly torn: boolean; stop(): Promise<void> } {
  const done = new Set(mailFiles(folder))
  const state = { torn: false, isStopped: false }
  const look = (): void => {
    for (const name of mailFiles(folder)) {
      if (done.has(name)) continue
      const text = readNow(folder, name)
      if (text === undefined) continue
      if (isWhole(text)) done.add(name)
      else state.torn = true
    }
  }
  const reading = (async () => {
    while (!state.isStopped && !state.torn) {
      look()
      await new Promise((next) => setImmediate(next))
    }
  })()
  return {
    get torn() {
      return state.torn
    },
    async stop() {
      state.isStopped = true
      await reading
      if (!state.torn) look()
    },
  }
}

function isWhole(text: string | undefined): boolean {
  if (text === undefined) return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
