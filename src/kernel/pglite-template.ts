import { createHash } from 'node:crypto'
import { chmodSync, constants, cpSync, readdirSync } from 'node:fs'
import { access, mkdtemp, readFile, rename, rm, stat, statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheDir } from './cache.ts'

/** Makes the cached, freshly initialised data folder of PGlite when it is missing; called once after an installation so that the first run need not wait. */
export async function prepareTemplate(): Promise<string> {
  const template = await templateDir()
  if (await exists(join(template, 'PG_VERSION'))) return template
  const making = await mkdtemp(`${template}-`)
  const { PGlite } = await import('@electric-sql/pglite')
  const engine = await PGlite.create(`file://${making}`)
  await engine.close()
  // Several processes may get here at once; the first rename wins and the others' work is thrown away.
  await rename(making, template).catch(() => rm(making, { recursive: true, force: true }))
  return template
}

/** Fills a folder from the template: initialising takes seconds, copying and opening a fraction of that. */
export async function copyTemplate(home: string, template?: string): Promise<void> {
  // A thousand small files: one thread doing nothing else is several times faster at that than the promise version.
  cpSync(template ?? (await prepareTemplate()), home, { recursive: true })
  makeWritable(home)
}

/** Of an installation that is write-protected the protection is copied as well; PGlite obeys it even as root. */
function makeWritable(dir: string): void {
  chmodSync(dir, 0o700)
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) makeWritable(path)
    else chmodSync(path, 0o600)
  }
}

/** Where a data folder that nobody keeps costs least: in memory on Linux when `bytes` leave half of it free, else in the temporary folder. */
export async function scratchFolder(bytes = 500e6): Promise<string> {
  try {
    const { bavail, bsize } = await statfs('/dev/shm')
    await access('/dev/shm', constants.W_OK)
    if (bavail * bsize > 2 * bytes) return '/dev/shm'
  } catch {
    // Not Linux, or not for us.
  }
  return tmpdir()
}

/** One template for each installed version of PGlite: their data folders are not interchangeable. */
async function templateDir(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const build = createHash('sha256')
    .update(await readFile(entry))
    .digest('hex')
    .slice(0, 12)
  return join(await cacheDir(), `pglite-${build}`)
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
