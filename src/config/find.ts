import { lstat, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { usageError } from '../kernel/errors.ts'
import type { YamlSource } from '../kernel/place.ts'

export const configName = 'gatekit.yaml'

/** A file that people write by hand is never this long; a log that was named by mistake is. */
const longestFile = 1024 * 1024

/** The gatekit.yaml that was named, or the nearest one in `cwd` and the folders above; a usage error when there is none. */
export async function findConfig(cwd: string, configPath?: string): Promise<string> {
  if (configPath !== undefined) {
    const named = resolve(cwd, configPath)
    const info = await stat(named).catch(() => undefined)
    if (info?.isFile()) return named
    throw usageError(`${configPath} is ${info ? 'not a file' : 'not there'}`, `name a ${configName}`)
  }
  const path = await nearestConfig(cwd)
  if (path === undefined)
    throw usageError(`no ${configName} in ${cwd} or above`, 'run `gatekit init` to write one, or name it with --config')
  if ((await stat(path).catch(() => undefined))?.isFile()) return path
  throw usageError(`${path} is not a file that can be read`, 'correct it, or remove it')
}

/**
 * The nearest gatekit.yaml in `cwd` and the folders above, whatever it is: a link that leads nowhere was meant to be one, and must not
 * be passed over for other gates.
 */
export async function nearestConfig(cwd: string): Promise<string | undefined> {
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    const path = join(dir, configName)
    const isThere = await lstat(path).then(
      () => true,
      ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT' && code !== 'ENOTDIR',
    )
    if (isThere) return path
    if (dir === dirname(dir)) return undefined
  }
}

/** Reads a YAML file; paths in messages are relative to `cwd`. A usage error when it cannot be read. */
export async function readYamlFile(path: string, cwd: string): Promise<YamlSource> {
  const shown = relative(cwd, path) || path
  try {
    const { size } = await stat(path)
    if (size > longestFile) throw usageError(`${shown} has ${size} bytes`, 'a gate file has at most 1 MiB')
    // Loaded when there is a file to read.
    const { parseYaml } = await import('../kernel/place.ts')
    return parseYaml(shown, await readFile(path, 'utf8'))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    throw usageError(`${shown} cannot be read (${code})`, 'correct the path or its permissions')
  }
}
