import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { GatekitError } from './errors.ts'
import { exitCodes } from './exit.ts'
import { packageDir } from './package.ts'

/** A folder for what can be made again: inside the installation when that can be written to, else the user's cache folder. Created. */
export async function cacheDir(): Promise<string> {
  const home = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  for (const dir of [join(packageDir, 'node_modules', '.cache', 'gatekit'), join(home, 'gatekit')]) {
    try {
      await mkdir(dir, { recursive: true })
      await access(dir, constants.W_OK)
      return dir
    } catch {
      // The next candidate.
    }
  }
  throw new GatekitError(
    { title: 'no folder can be written for caches', remedy: 'set XDG_CACHE_HOME to one that this user may write' },
    exitCodes.undecided,
  )
}
