/** What a publishable key sees of an object. Sources: the objects that docs.stripe.com/js shows for retrievePaymentIntent and retrieveSetupIntent. */
const shown: Record<string, ReadonlySet<string>> = {
  payment_intent: new Set(
    (
      'id object amount amount_details automatic_payment_methods canceled_at cancellation_reason capture_method client_secret ' +
      'confirmation_method created currency description last_payment_error livemode next_action payment_method ' +
      'payment_method_configuration_details payment_method_types processing receipt_email setup_future_usage shipping status'
    ).split(' '),
  ),
  setup_intent: new Set(
    (
      'id object automatic_payment_methods cancellation_reason client_secret created description last_setup_error livemode ' +
      'next_action payment_method payment_method_configuration_details payment_method_types status usage'
    ).split(' '),
  ),
  'checkout.session': new Set(
    (
      'id object amount_subtotal amount_total currency expires_at livemode mode payment_method_types payment_status return_url status ' +
      'total_details ui_mode url'
    ).split(' '),
  ),
}

/** Whether a customer's browser is shown that field; of objects that are not listed, all. */
export const isShown = (value: object, field: string): boolean =>
  shown[String((value as { object?: unknown }).object)]?.has(field) ?? true
