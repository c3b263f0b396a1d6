import { canariesOf, provoke, sightingsOf } from '../canary/provoke.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** The provider's error names the key; whoever passes the message on passes the key on. */
export const g1 = defineProbe({
  id: 'G1',
  title: 'secret in an answer',
  rule: 'No answer of the backend holds a secret of it, whatever went wrong.',
  source: [
    { text: 'reaction #2483: “Invalid API key provided: …” with the key' },
    {
      text: 'OWASP, Error handling',
      url: 'https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html',
    },
  ],
  guard: 'Only secrets that were made for this run; four characters of one, as providers show them, are no leak.',
  example: 'A checkout that answers with the message of the provider’s exception.',
  company: 'alone',
  needs: ({ target }) => (target.start === undefined ? 'target.start' : undefined),
  async run(rig) {
    rig.observer.sightings()
    const exhibits = [...(await provoke(rig)), ...sightingsOf(rig)]
    const canaries = canariesOf(rig)
    if (canaries.names.length === 0) return unmeasured('the backend has no secret that could be recognised')
    const leaks = canaries.find(exhibits)
    const [first] = leaks
    if (!first) return green(`${canaries.names.length} secrets, and none of them in an answer`)
    return red(`${first.secret} is in ${first.place}`, {
      want: 'no secret in any answer',
      got: [...new Set(leaks.map(({ secret, form, place }) => `${secret} (${form}) in ${place}`))]
        .slice(0, 5)
        .join('; '),
      harm: 'whoever can make an error happen can act in the merchant’s name',
    })
  },
})
