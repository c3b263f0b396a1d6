import { basename, resolve } from 'node:path'
import { runDrill } from '../../drill/flow.ts'
import type { SelftestRecord, Verdict } from '../../drill/selftest/define.ts'
import { runSelftest } from '../../drill/selftest/run-selftest.ts'
import { printable } from '../../gates/redact.ts'
import type { ExitCode } from '../../kernel/exit.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import { stableJson } from '../../kernel/json.ts'
import type { CommandContext } from '../define.ts'
import type { Screen } from '../screen.ts'
import { drillOptions } from './settings.ts'

/** `gatekit drill selftest`: how many bad copies of the newest backup the drill of this project catches. */
export async function selftestDrill(context: CommandContext): Promise<ExitCode> {
  const { screen, options, cwd, signal } = context
  const asked = await drillOptions(context, () => undefined)
  screen.progress('drilling the untouched backup …')
  const found = await runSelftest(asked, runDrill, {
    copy: ({ title }, done, total) => screen.progress(`${done + 1} of ${total}: a copy ${title} …`),
  })
  const record = printable(found, asked.secrets) as SelftestRecord
  if (typeof options.json === 'string') await writeFileAtomic(resolve(cwd, options.json), stableJson(record))
  if (screen.json) screen.print(stableJson(record).trimEnd())
  else show(screen, record)
  return signal.aborted ? exitCodes.interrupted : record.exitCode
}

function show(screen: Screen, { control, backup, verdicts, caught, judged, durationMs }: SelftestRecord): void {
  const { paint } = screen
  screen.print('---- DRILL SELFTEST ----')
  if (control.status !== 'PASS') {
    screen.print(
      `❌ The untouched backup does not pass, so bad copies of it tell nothing: ${control.code} ${control.reason}`,
    )
    return
  }
  screen.print(`Bad copies of ${basename(backup.path)}, each bad in one way, in front of the drill of this project`)
  screen.print()
  for (const verdict of verdicts) if (verdict.outcome !== 'does not apply') screen.print(line(verdict, paint))
  const left = verdicts.filter(({ outcome }) => outcome === 'does not apply')
  if (left.length > 0) screen.print(`\nThese do not apply to it: ${left.map(({ id }) => id).join(', ')}`)
  const survivors = verdicts.filter(({ outcome }) => outcome === 'survived')
  if (survivors.length > 0) screen.print('\nSurvivors, and what would catch them:')
  for (const { title, wouldCatch } of survivors) screen.print(`  a copy ${title}\n    ${wouldCatch}`)
  const share = judged > 0 ? ` (${Math.floor((100 * caught) / judged)} %)` : ''
  screen.print(`\nKill score: ${caught} of ${judged}${share}, in ${Math.round(durationMs / 1000)} s`)
}

function line({ outcome, code = '', title }: Verdict, paint: Screen['paint']): string {
  const text = `${outcome.padEnd(10)} ${code.padEnd(20)} a copy ${title}`
  if (outcome === 'caught') return paint.green(text)
  return outcome === 'survived' ? paint.red(text) : paint.yellow(text)
}
