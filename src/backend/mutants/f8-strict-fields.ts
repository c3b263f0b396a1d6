import { HttpError } from '../http.ts'
import { defineMutant } from './define.ts'

/** Fields of a PaymentIntent as they were when somebody wrote them down. */
const fields = new Set(
  `id object amount amount_capturable amount_details amount_received application application_fee_amount
   automatic_payment_methods canceled_at cancellation_reason capture_method charges client_secret confirmation_method created
   currency customer customer_account description excluded_payment_method_types hooks invoice last_payment_error latest_charge
   livemode metadata next_action on_behalf_of payment_details payment_method payment_method_configuration_details
   payment_method_options payment_method_types presentment_details processing receipt_email review setup_future_usage
   shipping source statement_descriptor statement_descriptor_suffix status transfer_data transfer_group`.split(/\s+/),
)

export const f8 = defineMutant({
  id: 'F8',
  defect: 'F8',
  summary: 'an event with a field that nobody knew is refused',
  apply({ parts }) {
    const { factsOfStripe } = parts
    parts.factsOfStripe = (event) => {
      const { object } = event.data
      const isKnown = object.object !== 'payment_intent' || Object.keys(object).every((key) => fields.has(key))
      if (!isKnown) throw new HttpError(400, 'event_invalid', 'a field of the event is not known')
      return factsOfStripe(event)
    }
  },
})
