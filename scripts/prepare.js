// Runs after `npm ci` in a checkout: builds dist/, warms the caches and links the command so that `npx gatekit` starts at once.
// Never fails an install: without the build the command runs from the sources.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url))

if (existsSync(path('node_modules/esbuild')) && existsSync(path('src/cli/main.ts'))) {
  linkCommand()
  try {
    await import('./build.js')
  } catch (error) {
    console.warn(
      `dist/ was not built (${error.message.split('\n')[0]}): the command runs from the sources, which starts slower`,
    )
  }
  const warm = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/warm.ts', '--database'], {
    cwd: path(''),
    stdio: 'inherit',
  })
  if (warm.status !== 0) console.warn('the caches were not warmed: the first run takes a few seconds longer')
}

/** Puts node_modules/.bin/gatekit beside the commands of the dependencies; npm does that for them but not for the project itself. */
function linkCommand() {
  mkdirSync(path('node_modules/.bin'), { recursive: true })
  chmodSync(path('bin/gatekit.js'), 0o755)
  rmSync(path('node_modules/.bin/gatekit'), { force: true })
  rmSync(path('node_modules/.bin/gatekit.cmd'), { force: true })
  if (process.platform === 'win32')
    writeFileSync(path('node_modules/.bin/gatekit.cmd'), '@node "%~dp0\\..\\..\\bin\\gatekit.js" %*\r\n')
  else symlinkSync('../../bin/gatekit.js', path('node_modules/.bin/gatekit'))
}
