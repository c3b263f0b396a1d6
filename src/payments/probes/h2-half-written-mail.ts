import { pause } from '../deliver/pause.ts'
import { mailFiles, mailFolderOf, needsMailFolder, readNow } from '../mailbox/folder.ts'
import { freshWord, mailRequest } from '../mailbox/notify.ts'
import { watchFolder } from '../mailbox/watcher.ts'
import type { Attempt, PlainRequest, Rig } from '../rig/define.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Large enough that writing it takes more than one step. */
const bodySize = 200_000
const rounds = 16
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
  company: 'kills',
  needs: (contract) => needsMailFolder(contract),
  async run(rig) {
    const folder = mailFolderOf(rig.contract)
    if (folder === undefined) return unmeasured('there is no folder of mails')
    const size = await sizeThatIsTaken(rig)
    if (size === undefined) return unmeasured('an ordinary mail was refused')
    const watcher = await watchFolder(folder)
    let tookMs = 0
    for (let round = 0; round < (rig.smoke ? 3 : rounds) && watcher.torn() === undefined; round++) {
      const began = performance.now()
      await rig.requests(mails(rig, together, size))
      tookMs = performance.now() - began
    }
    await watcher.stop()
    if (watcher.torn() !== undefined) return torn('a mail could be read while it was half written')
    if (!rig.contract.control.restart) return green('no half mail was ever seen; killing is not allowed')
    for (const part of rig.smoke ? [0.6] : [0.4, 0.8]) {
      const before = new Set(mailFiles(folder))
      const sending = rig.requests(mails(rig, 2 * together, size))
      await pause(Math.max(1, part * 2 * tookMs))
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

function isWhole(text: string | undefined): boolean {
  if (text === undefined) return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
