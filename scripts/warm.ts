// Does once, at install time, what the first run would otherwise wait for: compiles the Stripe catalogue and initialises a database template.
import { prepareTemplate } from '../src/kernel/pglite-template.ts'
import { writeCatalogue } from '../src/stripe/catalogue/load.ts'

await writeCatalogue('dist')
if (process.argv.includes('--database')) await prepareTemplate()
process.exit(0)
