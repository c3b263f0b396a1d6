import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findSecretLiterals } from '../kernel/secret-literals.ts'
import { contentDigest } from '../promotion/terraform/digest.ts'
import { type PlanReview, planReviewSchema } from '../promotion/terraform/options.ts'
import { effective, parsePlan } from '../promotion/terraform/plan.ts'
import { reviewPlan } from '../promotion/terraform/review.ts'
import { keysOf } from '../promotion/terraform/rules/keys.ts'
import { type CheckContext, defineCheck, fail, noData, type Outcome, pass, undecided } from './define.ts'
import { FileTooLong, readText, sha256Of } from './files/content.ts'
import { locateFile, OutsidePath } from './files/locate.ts'
import { codeOf, stopped } from './network/trouble.ts'
import { quoted } from './options/reference.ts'
import { sabotageTerraformPlan } from './sabotage/terraform-plan.ts'

/** Plans of large estates are tens of megabytes of JSON. */
const mostBytes = 256 * 1024 * 1024

/** Reads a Terraform plan as data: what it destroys, renames, points elsewhere or gives away, and whether it is the whole plan. */
export const terraformPlanCheck = defineCheck({
  type: 'terraform-plan',
  sabotage: sabotageTerraformPlan,
  summary: 'Reviews a Terraform plan: destroys, state, names, domains, keys, sensitivity, drift, age, place',
  options: planReviewSchema,
  example: {
    plan: 'plans/prod.tfplan.json',
    planFile: 'plans/prod.tfplan',
    maxAge: '4h',
    deny: {
      actions: ['delete', 'forget'],
      except: [
        { address: 'aws_lambda_layer_version.*', reason: 'layers are replaced, never changed', expires: '2027-01-31' },
      ],
    },
    require: { terraformVersion: '>= 1.8' },
    rules: [
      { attr: 'aws_dynamodb_table.*.name', match: '^prod-' },
      { domain: 'api.example.com' },
      { forbidWords: ['dev-', 'staging'] },
      { secret: 'stripe', mode: 'live' },
    ],
  },
  async run(options, context): Promise<Outcome> {
    const reproduce = [`terraform show -json ${quoted(options.planFile ?? 'PLANFILE')} > ${quoted(options.plan)}`]
    return { reproduce, ...(await review(options, context)) }
  },
})

async function review(options: PlanReview, context: CheckContext): Promise<Outcome> {
  let text: string
  let planFileSha256: string | undefined
  try {
    const bounds = { rootDir: context.rootDir, within: [] }
    text = await readText(await locateFile(options.plan, bounds), mostBytes)
    planFileSha256 = options.planFile && (await sha256Of(await locateFile(options.planFile, bounds), context.signal))
  } catch (error) {
    if (context.signal.aborted) return stopped(options.plan, context.signal)
    if (error instanceof OutsidePath || error instanceof FileTooLong) return undecided(error.message)
    const code = codeOf(error)
    if (!code) throw error
    return undecided(`${(error as NodeJS.ErrnoException).path ?? options.plan}: cannot be read (${code})`)
  }
  const parsed = parsePlan(text)
  if ('problem' in parsed) return undecided(`T1 ${options.plan} ${parsed.problem}`)
  return judge(parsed.plan, text, planFileSha256, options, context)
}

async function judge(
  plan: Parameters<typeof contentDigest>[0],
  text: string,
  planFileSha256: string | undefined,
  options: PlanReview,
  context: CheckContext,
): Promise<Outcome> {
  for (const { value, where, kind } of keysOf(plan))
    if (kind !== 'publishable') context.secrets.add(`key at ${where}`, value)
  for (const { name, start, end } of findSecretLiterals(text))
    context.secrets.add(`${name} of the plan`, text.slice(start, end))
  const {
    findings,
    undecided: unknown,
    noData: missing,
    notes,
  } = reviewPlan({
    plan,
    options,
    now: context.clock.now(),
    environment: context.environment.name,
    workingDir: await readWorkingDir(options, context),
    hmacKey: randomBytes(32),
  })
  const details = {
    changes: effective(plan.resource_changes).length,
    contentSha256: contentDigest(plan),
    ...(planFileSha256 && { planFileSha256 }),
    ...(plan.terraform_version && { terraform: plan.terraform_version }),
    ...(notes.length > 0 && { notes: notes.slice(0, 40) }),
    ...(unknown.length > 0 && { undecided: unknown.slice(0, 40) }),
    ...(missing.length > 0 && { missing: missing.slice(0, 40) }),
  }
  if (findings.length > 0) return fail(`${options.plan}: ${findings.length} objections to this plan`, findings, details)
  if (unknown.length > 0) return undecided(`${options.plan}: ${unknown[0]}${more(unknown)}`, 'other', details)
  if (missing.length > 0) return noData(`${options.plan}: ${missing[0]}${more(missing)}`, details)
  return pass(details)
}

const more = (list: readonly string[]): string => (list.length > 1 ? ` (and ${list.length - 1} more)` : '')

/** Terraform keeps which backend and workspace a directory is bound to in its data folder. */
async function readWorkingDir({ place }: PlanReview, { rootDir }: CheckContext) {
  if (!place) return { workspace: 'default' }
  const read = (name: string) => readFile(join(rootDir, place.dataDir, name), 'utf8').catch(() => undefined)
  const workspace = (await read('environment'))?.trim() || 'default'
  const state = await read('terraform.tfstate')
  return { workspace, backend: state === undefined ? undefined : backendOf(state) }
}

function backendOf(text: string): Record<string, unknown> | undefined {
  try {
    return (JSON.parse(text) as { backend?: { config?: Record<string, unknown> } }).backend?.config
  } catch {
    return undefined
  }
}
