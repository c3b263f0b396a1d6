// Runs the project in argv[2] with a check that never ends, says when it has begun, and waits to be killed.
import { actor, run } from './workshop.ts'

const sleeper = actor('sleeper', () => {
  process.stdout.write('running\n')
  setInterval(() => {}, 1000)
  return new Promise(() => {})
})

await run(process.argv[2]!, { definitions: [sleeper] })
