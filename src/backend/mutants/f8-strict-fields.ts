import { HttpError } from '../http.ts'
import { defineMutant } from './define.ts'

export const f8 = defineMutant({
  id: 'F8',
  defect: 'F8',
  summary: 'an event with a field that nobody knows is refused',
  apply({ parts }) {
    const { factsOfStripe } = parts
    parts.factsOfStripe = (event) => {
      const unknown = Object.keys(event.data.object).find(
        (key) => !/^[a-z][a-z_0-9]{1,40}$/.test(key) || /unknown|extra|new_|future|gatekit|x_/.test(key),
      )
      if (unknown) throw new HttpError(400, 'event_invalid', `unknown field ${unknown}`)
      return factsOfStripe(event)
    }
  },
})
