// Bundles the sources into dist/, or the folder that is named, split so that each command loads just what it uses. Of other people's code
// it takes in zod alone: every command needs it, and its hundred files take longer to load than all that a command has of its own.
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const [outdir = 'dist'] = process.argv.slice(2)
const zod = fileURLToPath(import.meta.resolve('zod'))
/** Its messages in fifty languages, of which English alone is used and taken in. */
const translations = /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/
rmSync(new URL(`../${outdir}`, import.meta.url), { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: {
    main: 'src/cli/main.ts',
    index: 'src/index.ts',
    backend: 'src/backend/start.ts',
    'pglite-child': 'src/drill/pglite/child.ts',
    'sqlite-child': 'src/drill/systems/sqlite/child.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  alias: { zod },
  plugins: [
    { name: 'english', setup: ({ onLoad }) => onLoad({ filter: translations }, () => ({ contents: 'export {}' })) },
  ],
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'linked',
  logLevel: 'warning',
})
cpSync(new URL('LICENSE', pathToFileURL(zod)), new URL(`../${outdir}/zod.LICENSE`, import.meta.url))
