import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { usageError } from '../kernel/errors.ts'

/** The oldest major version of `stripe` whose declarations are laid out as the compiler reads them. */
const oldestMajor = 22

/**
 * The `stripe` package whose API the sandbox speaks: the named folder, else the one that the project in `cwd` has installed when it is
 * new enough, else undefined for gatekit's own. A named folder that is none, or too old, is a usage error.
 */
export function packageToSpeak(cwd: string, named: string | undefined): string | undefined {
  if (named !== undefined) return checkPackage(resolve(cwd, named))
  const found = findInstalled(cwd)
  return found !== undefined && majorOf(found) >= oldestMajor ? found : undefined
}

/** A folder with a `stripe` package in it that can be read; throws for any other. */
export function checkPackage(folder: string): string {
  const major = majorOf(folder)
  if (Number.isNaN(major))
    throw usageError(`${folder} has no stripe package in it`, 'name the folder, such as node_modules/stripe')
  if (major < oldestMajor)
    throw usageError(`the stripe package in ${folder} is version ${major}`, `${oldestMajor} and newer can be read`)
  return folder
}

/** As Node finds it: in node_modules of the folder and of those above it. */
function findInstalled(cwd: string): string | undefined {
  for (let dir = cwd; ; dir = dirname(dir)) {
    const folder = join(dir, 'node_modules', 'stripe')
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dir === dirname(dir)) return undefined
  }
}

function majorOf(folder: string): number {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return name === 'stripe' ? Number.parseInt(version, 10) : Number.NaN
  } catch {
    return Number.NaN
  }
}
