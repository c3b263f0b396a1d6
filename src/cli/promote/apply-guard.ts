import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { sha256Of } from '../../checks/files/content.ts'
import { type Objection, verifyRun } from '../../evidence/verify.ts'
import { readGit } from '../../gates/git.ts'
import { parseDuration } from '../../kernel/duration.ts'
import { usageError } from '../../kernel/errors.ts'
import { combineExitCodes, type ExitCode, exitCodes } from '../../kernel/exit.ts'
import type { CheckRecord, RunRecord } from '../../kernel/record.ts'
import { contentDigest } from '../../promotion/terraform/digest.ts'
import { parsePlan } from '../../promotion/terraform/plan.ts'
import type { CommandContext } from '../define.ts'

/** A review that passed, in a run whose evidence is whole. */
interface Review {
  dir: string
  run: RunRecord
  check: CheckRecord
}

const object = (code: string, text: string, exitCode: ExitCode): Objection => ({ code, text, exitCode })

/** Compares the plan file by its bytes with the one that was reviewed, and by what it would do with what was read. */
export async function guardApply(context: CommandContext): Promise<ExitCode> {
  const { args, cwd, screen, options } = context
  const file = resolve(cwd, args[0]!)
  const sha256 = await sha256Of(file, context.signal).catch((error: NodeJS.ErrnoException) => {
    throw usageError(`${args[0]} cannot be read (${error.code})`, 'name the file that terraform plan -out wrote')
  })
  const maxAgeMs = parseDuration(String(options.maxAge))
  if (maxAgeMs === undefined) throw usageError(`--max-age ${String(options.maxAge)} is no duration`, 'such as 4h')
  const { reviews, objections } = await findReviews(context, maxAgeMs)
  const review = reviews.find(({ check }) => check.details.planFileSha256 === sha256)
  const found = review ? await compareContent(context, file, review) : notReviewed(reviews, objections, sha256)
  const exitCode = found.length === 0 ? exitCodes.pass : combineExitCodes(found.map((one) => one.exitCode))
  if (screen.json) {
    screen.print(JSON.stringify({ reviewed: found.length === 0, exitCode, planFileSha256: sha256, objections: found }))
    return exitCode
  }
  for (const { code, text } of found) screen.complain(`${code}: ${text}`)
  screen.print(
    review && found.length === 0
      ? `REVIEWED  ${args[0]} ${sha256.slice(0, 12)} by ${review.check.gate}/${review.check.id} in ${relative(cwd, review.dir)} (${review.run.finishedAt})`
      : `NOT REVIEWED  ${args[0]} ${sha256.slice(0, 12)}: do not apply it (exit ${exitCode})`,
  )
  return exitCode
}

async function findReviews({ cwd, env, options }: CommandContext, maxAgeMs: number) {
  const { sha } = await readGit(cwd, env)
  const given = options.evidence as string | undefined
  const promotions = join(cwd, 'qa/promotion')
  const below = given ? [] : (await readdir(promotions).catch(() => [])).map((name) => join(promotions, name))
  const reviews: Review[] = []
  const objections: Objection[] = []
  for (const dir of [resolve(cwd, given ?? 'qa'), ...below]) {
    const { objections: found, run } = await verifyRun({
      qaDir: dir,
      commit: sha,
      maxAgeMs,
      signers: {},
      now: Date.now(),
    })
    const checks = (run?.gates ?? []).flatMap((gate) => gate.checks).filter(({ type }) => type === 'terraform-plan')
    // A run that reviewed no plan may be in any state: it is not what is asked for.
    if (checks.length > 0) objections.push(...found)
    if (found.length > 0 || !run) continue
    reviews.push(...checks.filter(({ status }) => status === 'PASS').map((check) => ({ dir, run, check })))
  }
  return { reviews, objections }
}

function notReviewed(reviews: readonly Review[], objections: readonly Objection[], sha256: string): Objection[] {
  if (reviews.length === 0 && objections.length > 0) return [...objections]
  if (reviews.length === 0)
    return [object('no-review', 'no run here has reviewed a plan and passed', exitCodes.incomplete)]
  const known = reviews.map(({ check }) =>
    String(check.details.planFileSha256 ?? 'a plan without its file').slice(0, 12),
  )
  return [object('re-planned', `this plan is ${sha256.slice(0, 12)}, reviewed was ${known.join(', ')}`, exitCodes.fail)]
}

/** Prints the plan again, so that what was read is what the file says. Without Terraform the bytes alone are compared, and that is said. */
async function compareContent(
  { cwd, options, screen }: CommandContext,
  file: string,
  { check }: Review,
): Promise<Objection[]> {
  const program = options.terraform as string
  try {
    const { stdout } = await promisify(execFile)(program, ['show', '-json', file], {
      cwd,
      timeout: 120_000,
      maxBuffer: 256 * 1024 * 1024,
    })
    const parsed = parsePlan(stdout)
    if ('problem' in parsed)
      return [object('unreadable', `what ${program} prints ${parsed.problem}`, exitCodes.undecided)]
    if (contentDigest(parsed.plan) === check.details.contentSha256) return []
    return [object('other-content', 'the JSON that was reviewed is not what this plan file holds', exitCodes.fail)]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      screen.say(`note: ${program} was not found; the plan was compared by its bytes only`)
      return []
    }
    return [
      object(
        'unreadable',
        `${program} show -json failed: ${(error as Error).message.split('\n')[0]}`,
        exitCodes.undecided,
      ),
    ]
  }
}
