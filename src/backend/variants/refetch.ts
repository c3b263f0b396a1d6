import { beforeWork, story } from '../mutants/support/story.ts'
import { defineVariant } from './define.ts'
import { asOfNow, currentOf } from './support/current.ts'

export const refetch = defineVariant({
  id: 'refetch',
  kind: 'correct',
  summary: 'believes no payload: asks the provider for the object as it is now',
  apply(target) {
    const { parts, env } = target
    const { factsOfStripe } = parts
    if (!env.STRIPE_API_BASE) return
    beforeWork(target, async ({ object }, mine) => {
      mine.current = object && (await currentOf(env, object))
    })
    parts.factsOfStripe = (event) => {
      const known = factsOfStripe(event)
      const { current } = story()
      if (known.length === 0 || current === undefined) return known
      return current === null ? [] : factsOfStripe(asOfNow(event, current))
    }
  },
})
