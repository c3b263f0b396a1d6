// Plain table from the declarations of the `stripe` package: the type of each object and of what is done with it. tsc finds what a new version takes away.
import type { Stripe } from 'stripe'

/** Stripe's type of every object, by the value of its `object` field. */
export interface StripeObjects {
  account: Stripe.Account
  apple_pay_domain: Stripe.ApplePayDomain
  application: Stripe.Application
  application_fee: Stripe.ApplicationFee
  'apps.install': Stripe.Apps.Install
  'apps.secret': Stripe.Apps.Secret
  balance_transaction: Stripe.BalanceTransaction
  bank_account: Stripe.BankAccount
  'billing.alert': Stripe.Billing.Alert
  'billing.credit_balance_transaction': Stripe.Billing.CreditBalanceTransaction
  'billing.credit_grant': Stripe.Billing.CreditGrant
  'billing.feedback_option': Stripe.Billing.FeedbackOption
  'billing.meter': Stripe.Billing.Meter
  'billing.meter_event_summary': Stripe.Billing.MeterEventSummary
  'billing_portal.configuration': Stripe.BillingPortal.Configuration
  'billing_portal.session': Stripe.BillingPortal.Session
  capability: Stripe.Capability
  card: Stripe.Card
  charge: Stripe.Charge
  'checkout.session': Stripe.Checkout.Session
  'climate.order': Stripe.Climate.Order
  'climate.product': Stripe.Climate.Product
  'climate.supplier': Stripe.Climate.Supplier
  confirmation_token: Stripe.ConfirmationToken
  connect_collection_transfer: Stripe.ConnectCollectionTransfer
  country_spec: Stripe.CountrySpec
  coupon: Stripe.Coupon
  credit_note: Stripe.CreditNote
  credit_note_line_item: Stripe.CreditNoteLineItem
  customer: Stripe.Customer
  customer_balance_transaction: Stripe.CustomerBalanceTransaction
  customer_cash_balance_transaction: Stripe.CustomerCashBalanceTransaction
  discount: Stripe.Discount
  dispute: Stripe.Dispute
  'entitlements.active_entitlement': Stripe.Entitlements.ActiveEntitlement
  'entitlements.feature': Stripe.Entitlements.Feature
  ephemeral_key: Stripe.EphemeralKey
  event: Stripe.Event
  exchange_rate: Stripe.ExchangeRate
  fee_refund: Stripe.FeeRefund
  file: Stripe.File
  file_link: Stripe.FileLink
  'financial_connections.account': Stripe.FinancialConnections.Account
  'financial_connections.account_owner': Stripe.FinancialConnections.AccountOwner
  'financial_connections.account_ownership': Stripe.FinancialConnections.AccountOwnership
  'financial_connections.authorization': Stripe.FinancialConnections.Authorization
  'financial_connections.session': Stripe.FinancialConnections.Session
  'financial_connections.transaction': Stripe.FinancialConnections.Transaction
  'forwarding.request': Stripe.Forwarding.Request
  'identity.verification_report': Stripe.Identity.VerificationReport
  'identity.verification_session': Stripe.Identity.VerificationSession
  invoice: Stripe.Invoice
  invoice_payment: Stripe.InvoicePayment
  invoice_rendering_template: Stripe.InvoiceRenderingTemplate
  invoiceitem: Stripe.InvoiceItem
  'issuing.authorization': Stripe.Issuing.Authorization
  'issuing.card': Stripe.Issuing.Card
  'issuing.cardholder': Stripe.Issuing.Cardholder
  'issuing.dispute': Stripe.Issuing.Dispute
  'issuing.personalization_design': Stripe.Issuing.PersonalizationDesign
  'issuing.physical_bundle': Stripe.Issuing.PhysicalBundle
  'issuing.token': Stripe.Issuing.Token
  'issuing.transaction': Stripe.Issuing.Transaction
  item: Stripe.LineItem
  line_item: Stripe.InvoiceLineItem
  mandate: Stripe.Mandate
  payment_attempt_record: Stripe.PaymentAttemptRecord
  payment_intent: Stripe.PaymentIntent
  payment_intent_amount_details_line_item: Stripe.PaymentIntentAmountDetailsLineItem
  payment_link: Stripe.PaymentLink
  payment_method: Stripe.PaymentMethod
  payment_method_configuration: Stripe.PaymentMethodConfiguration
  payment_method_domain: Stripe.PaymentMethodDomain
  payment_record: Stripe.PaymentRecord
  payout: Stripe.Payout
  person: Stripe.Person
  plan: Stripe.Plan
  price: Stripe.Price
  product: Stripe.Product
  'product_catalog.trial_offer': Stripe.ProductCatalog.TrialOffer
  product_feature: Stripe.ProductFeature
  promotion_code: Stripe.PromotionCode
  quote: Stripe.Quote
  'radar.early_fraud_warning': Stripe.Radar.EarlyFraudWarning
  'radar.payment_evaluation': Stripe.Radar.PaymentEvaluation
  'radar.value_list': Stripe.Radar.ValueList
  'radar.value_list_item': Stripe.Radar.ValueListItem
  refund: Stripe.Refund
  'reporting.report_run': Stripe.Reporting.ReportRun
  'reporting.report_type': Stripe.Reporting.ReportType
  'reserve.hold': Stripe.Reserve.Hold
  'reserve.plan': Stripe.Reserve.Plan
  'reserve.release': Stripe.Reserve.Release
  reserve_transaction: Stripe.ReserveTransaction
  review: Stripe.Review
  scheduled_query_run: Stripe.Sigma.ScheduledQueryRun
  setup_attempt: Stripe.SetupAttempt
  setup_intent: Stripe.SetupIntent
  shipping_rate: Stripe.ShippingRate
  source: Stripe.Source
  source_mandate_notification: Stripe.SourceMandateNotification
  source_transaction: Stripe.SourceTransaction
  subscription: Stripe.Subscription
  subscription_item: Stripe.SubscriptionItem
  subscription_schedule: Stripe.SubscriptionSchedule
  'tax.association': Stripe.Tax.Association
  'tax.calculation': Stripe.Tax.Calculation
  'tax.calculation_line_item': Stripe.Tax.CalculationLineItem
  'tax.location': Stripe.Tax.Location
  'tax.registration': Stripe.Tax.Registration
  'tax.transaction': Stripe.Tax.Transaction
  'tax.transaction_line_item': Stripe.Tax.TransactionLineItem
  tax_code: Stripe.TaxCode
  tax_deducted_at_source: Stripe.TaxDeductedAtSource
  tax_id: Stripe.TaxId
  tax_rate: Stripe.TaxRate
  'terminal.configuration': Stripe.Terminal.Configuration
  'terminal.location': Stripe.Terminal.Location
  'terminal.reader': Stripe.Terminal.Reader
  'test_helpers.test_clock': Stripe.TestHelpers.TestClock
  'three_d_secure.authentication': Stripe.ThreeDSecure.Authentication
  token: Stripe.Token
  topup: Stripe.Topup
  transfer: Stripe.Transfer
  transfer_reversal: Stripe.TransferReversal
  'treasury.credit_reversal': Stripe.Treasury.CreditReversal
  'treasury.debit_reversal': Stripe.Treasury.DebitReversal
  'treasury.financial_account': Stripe.Treasury.FinancialAccount
  'treasury.inbound_transfer': Stripe.Treasury.InboundTransfer
  'treasury.outbound_payment': Stripe.Treasury.OutboundPayment
  'treasury.outbound_transfer': Stripe.Treasury.OutboundTransfer
  'treasury.received_credit': Stripe.Treasury.ReceivedCredit
  'treasury.received_debit': Stripe.Treasury.ReceivedDebit
  'treasury.transaction': Stripe.Treasury.Transaction
  'treasury.transaction_entry': Stripe.Treasury.TransactionEntry
  'v2.billing.meter_event_adjustment': Stripe.V2.Billing.MeterEventAdjustment
  'v2.billing.meter_event_session': Stripe.V2.Billing.MeterEventSession
  'v2.commerce.product_catalog_import': Stripe.V2.Commerce.ProductCatalogImport
  'v2.core.account': Stripe.V2.Core.Account
  'v2.core.account_person': Stripe.V2.Core.AccountPerson
  'v2.core.account_person_token': Stripe.V2.Core.AccountPersonToken
  'v2.core.account_token': Stripe.V2.Core.AccountToken
  'v2.core.event_destination': Stripe.V2.Core.EventDestination
  'v2.core.vault.gb_bank_account': Stripe.V2.Core.Vault.GbBankAccount
  'v2.core.vault.us_bank_account': Stripe.V2.Core.Vault.UsBankAccount
  'v2.money_management.adjustment': Stripe.V2.MoneyManagement.Adjustment
  'v2.money_management.financial_account': Stripe.V2.MoneyManagement.FinancialAccount
  'v2.money_management.financial_address': Stripe.V2.MoneyManagement.FinancialAddress
  'v2.money_management.inbound_transfer': Stripe.V2.MoneyManagement.InboundTransfer
  'v2.money_management.outbound_payment': Stripe.V2.MoneyManagement.OutboundPayment
  'v2.money_management.outbound_setup_intent': Stripe.V2.MoneyManagement.OutboundSetupIntent
  'v2.money_management.payout_intent': Stripe.V2.MoneyManagement.PayoutIntent
  'v2.money_management.payout_method': Stripe.V2.MoneyManagement.PayoutMethod
  'v2.money_management.received_credit': Stripe.V2.MoneyManagement.ReceivedCredit
  'v2.money_management.recipient_verification': Stripe.V2.MoneyManagement.RecipientVerification
  'v2.money_management.transaction': Stripe.V2.MoneyManagement.Transaction
  'v2.money_management.transaction_entry': Stripe.V2.MoneyManagement.TransactionEntry
  webhook_endpoint: Stripe.WebhookEndpoint
}

/** Parameters that create an object. */
export interface CreateParams {
  account: Stripe.AccountCreateParams | Stripe.CustomerCreateSourceParams
  apple_pay_domain: Stripe.ApplePayDomainCreateParams
  'apps.install': Stripe.Apps.InstallCreateParams
  'apps.secret': Stripe.Apps.SecretCreateParams
  bank_account: Stripe.AccountCreateExternalAccountParams
  'billing.alert': Stripe.Billing.AlertCreateParams
  'billing.credit_grant': Stripe.Billing.CreditGrantCreateParams
  'billing.feedback_option': Stripe.Billing.FeedbackOptionCreateParams
  'billing.meter': Stripe.Billing.MeterCreateParams
  'billing_portal.configuration': Stripe.BillingPortal.ConfigurationCreateParams
  'billing_portal.session': Stripe.BillingPortal.SessionCreateParams
  charge: Stripe.ChargeCreateParams
  'checkout.session': Stripe.Checkout.SessionCreateParams
  'climate.order': Stripe.Climate.OrderCreateParams
  coupon: Stripe.CouponCreateParams
  credit_note: Stripe.CreditNoteCreateParams
  customer: Stripe.CustomerCreateParams
  customer_balance_transaction: Stripe.CustomerCreateBalanceTransactionParams
  'entitlements.feature': Stripe.Entitlements.FeatureCreateParams
  ephemeral_key: Stripe.EphemeralKeyCreateParams
  fee_refund: Stripe.ApplicationFeeCreateRefundParams
  file: Stripe.FileCreateParams
  file_link: Stripe.FileLinkCreateParams
  'financial_connections.session': Stripe.FinancialConnections.SessionCreateParams
  'forwarding.request': Stripe.Forwarding.RequestCreateParams
  'identity.verification_session': Stripe.Identity.VerificationSessionCreateParams
  invoice: Stripe.InvoiceCreateParams | Stripe.InvoiceCreatePreviewParams
  invoiceitem: Stripe.InvoiceItemCreateParams
  'issuing.card': Stripe.Issuing.CardCreateParams
  'issuing.cardholder': Stripe.Issuing.CardholderCreateParams
  'issuing.dispute': Stripe.Issuing.DisputeCreateParams
  'issuing.personalization_design': Stripe.Issuing.PersonalizationDesignCreateParams
  payment_intent: Stripe.PaymentIntentCreateParams
  payment_link: Stripe.PaymentLinkCreateParams
  payment_method: Stripe.PaymentMethodCreateParams
  payment_method_configuration: Stripe.PaymentMethodConfigurationCreateParams
  payment_method_domain: Stripe.PaymentMethodDomainCreateParams
  payout: Stripe.PayoutCreateParams
  person: Stripe.AccountCreatePersonParams
  plan: Stripe.PlanCreateParams
  price: Stripe.PriceCreateParams
  product: Stripe.ProductCreateParams
  'product_catalog.trial_offer': Stripe.ProductCatalog.TrialOfferCreateParams
  product_feature: Stripe.ProductCreateFeatureParams
  promotion_code: Stripe.PromotionCodeCreateParams
  quote: Stripe.QuoteCreateParams
  'radar.payment_evaluation': Stripe.Radar.PaymentEvaluationCreateParams
  'radar.value_list': Stripe.Radar.ValueListCreateParams
  'radar.value_list_item': Stripe.Radar.ValueListItemCreateParams
  refund: Stripe.RefundCreateParams
  'reporting.report_run': Stripe.Reporting.ReportRunCreateParams
  setup_intent: Stripe.SetupIntentCreateParams
  shipping_rate: Stripe.ShippingRateCreateParams
  source: Stripe.SourceCreateParams
  subscription: Stripe.SubscriptionCreateParams
  subscription_item: Stripe.SubscriptionItemCreateParams
  subscription_schedule: Stripe.SubscriptionScheduleCreateParams
  'tax.calculation': Stripe.Tax.CalculationCreateParams
  'tax.location': Stripe.Tax.LocationCreateParams
  'tax.registration': Stripe.Tax.RegistrationCreateParams
  'tax.transaction': Stripe.Tax.TransactionCreateFromCalculationParams | Stripe.Tax.TransactionCreateReversalParams
  tax_id: Stripe.CustomerCreateTaxIdParams | Stripe.TaxIdCreateParams
  tax_rate: Stripe.TaxRateCreateParams
  'terminal.configuration': Stripe.Terminal.ConfigurationCreateParams
  'terminal.location': Stripe.Terminal.LocationCreateParams
  'terminal.reader': Stripe.Terminal.ReaderCreateParams
  'test_helpers.test_clock': Stripe.TestHelpers.TestClockCreateParams
  'three_d_secure.authentication': Stripe.ThreeDSecure.AuthenticationCreateParams
  token: Stripe.TokenCreateParams
  topup: Stripe.TopupCreateParams
  transfer: Stripe.TransferCreateParams
  transfer_reversal: Stripe.TransferCreateReversalParams
  'treasury.credit_reversal': Stripe.Treasury.CreditReversalCreateParams
  'treasury.debit_reversal': Stripe.Treasury.DebitReversalCreateParams
  'treasury.financial_account': Stripe.Treasury.FinancialAccountCreateParams
  'treasury.inbound_transfer': Stripe.Treasury.InboundTransferCreateParams
  'treasury.outbound_payment': Stripe.Treasury.OutboundPaymentCreateParams
  'treasury.outbound_transfer': Stripe.Treasury.OutboundTransferCreateParams
  'v2.billing.meter_event_adjustment': Stripe.V2.Billing.MeterEventAdjustmentCreateParams
  'v2.core.account': Stripe.V2.Core.AccountCreateParams
  'v2.core.account_token': Stripe.V2.Core.AccountTokenCreateParams
  'v2.core.event_destination': Stripe.V2.Core.EventDestinationCreateParams
  'v2.core.vault.gb_bank_account': Stripe.V2.Core.Vault.GbBankAccountCreateParams
  'v2.core.vault.us_bank_account': Stripe.V2.Core.Vault.UsBankAccountCreateParams
  'v2.money_management.financial_address': Stripe.V2.MoneyManagement.FinancialAddressCreateParams
  'v2.money_management.inbound_transfer': Stripe.V2.MoneyManagement.InboundTransferCreateParams
  'v2.money_management.outbound_payment': Stripe.V2.MoneyManagement.OutboundPaymentCreateParams
  'v2.money_management.outbound_setup_intent': Stripe.V2.MoneyManagement.OutboundSetupIntentCreateParams
  'v2.money_management.payout_intent': Stripe.V2.MoneyManagement.PayoutIntentCreateParams
  'v2.money_management.recipient_verification': Stripe.V2.MoneyManagement.RecipientVerificationCreateParams
  webhook_endpoint: Stripe.WebhookEndpointCreateParams
}

/** Parameters that update an object. */
export interface UpdateParams {
  account: Stripe.AccountUpdateParams | Stripe.CustomerUpdateSourceParams
  'apps.install': Stripe.Apps.InstallRetrieveParams
  bank_account: Stripe.AccountUpdateExternalAccountParams
  'billing.credit_grant': Stripe.Billing.CreditGrantUpdateParams
  'billing.feedback_option': Stripe.Billing.FeedbackOptionUpdateParams
  'billing.meter': Stripe.Billing.MeterUpdateParams
  'billing_portal.configuration': Stripe.BillingPortal.ConfigurationUpdateParams
  capability: Stripe.AccountUpdateCapabilityParams
  charge: Stripe.ChargeUpdateParams
  'checkout.session': Stripe.Checkout.SessionUpdateParams
  'climate.order': Stripe.Climate.OrderUpdateParams
  coupon: Stripe.CouponUpdateParams
  credit_note: Stripe.CreditNoteUpdateParams
  customer: Stripe.CustomerUpdateParams
  customer_balance_transaction: Stripe.CustomerUpdateBalanceTransactionParams
  dispute: Stripe.DisputeUpdateParams
  'entitlements.feature': Stripe.Entitlements.FeatureUpdateParams
  fee_refund: Stripe.ApplicationFeeUpdateRefundParams
  file_link: Stripe.FileLinkUpdateParams
  'identity.verification_session': Stripe.Identity.VerificationSessionUpdateParams
  invoice: Stripe.InvoiceUpdateParams
  invoiceitem: Stripe.InvoiceItemUpdateParams
  'issuing.authorization': Stripe.Issuing.AuthorizationUpdateParams
  'issuing.card': Stripe.Issuing.CardUpdateParams
  'issuing.cardholder': Stripe.Issuing.CardholderUpdateParams
  'issuing.dispute': Stripe.Issuing.DisputeUpdateParams
  'issuing.personalization_design': Stripe.Issuing.PersonalizationDesignUpdateParams
  'issuing.token': Stripe.Issuing.TokenUpdateParams
  'issuing.transaction': Stripe.Issuing.AuthorizationUpdateParams
  line_item: Stripe.InvoiceUpdateLineItemParams
  payment_intent: Stripe.PaymentIntentUpdateParams
  payment_link: Stripe.PaymentLinkUpdateParams
  payment_method: Stripe.PaymentMethodUpdateParams
  payment_method_configuration: Stripe.PaymentMethodConfigurationUpdateParams
  payment_method_domain: Stripe.PaymentMethodDomainUpdateParams
  payout: Stripe.PayoutUpdateParams
  person: Stripe.AccountUpdatePersonParams
  plan: Stripe.PlanUpdateParams
  price: Stripe.PriceUpdateParams
  product: Stripe.ProductUpdateParams
  'product_catalog.trial_offer': Stripe.ProductCatalog.TrialOfferUpdateParams
  promotion_code: Stripe.PromotionCodeUpdateParams
  quote: Stripe.QuoteUpdateParams
  'radar.value_list': Stripe.Radar.ValueListUpdateParams
  refund: Stripe.RefundUpdateParams
  setup_intent: Stripe.SetupIntentUpdateParams
  shipping_rate: Stripe.ShippingRateUpdateParams
  source: Stripe.SourceUpdateParams
  subscription: Stripe.SubscriptionUpdateParams
  subscription_item: Stripe.SubscriptionItemUpdateParams
  subscription_schedule: Stripe.SubscriptionScheduleUpdateParams
  'tax.registration': Stripe.Tax.RegistrationUpdateParams
  tax_rate: Stripe.TaxRateUpdateParams
  'terminal.configuration': Stripe.Terminal.ConfigurationUpdateParams
  'terminal.location': Stripe.Terminal.LocationUpdateParams
  'terminal.reader': Stripe.Terminal.ReaderUpdateParams
  topup: Stripe.TopupUpdateParams
  transfer: Stripe.TransferUpdateParams
  transfer_reversal: Stripe.TransferUpdateReversalParams
  'treasury.financial_account': Stripe.Treasury.FinancialAccountUpdateParams
  'v2.core.account': Stripe.V2.Core.AccountUpdateParams
  'v2.core.event_destination': Stripe.V2.Core.EventDestinationUpdateParams
  'v2.core.vault.us_bank_account': Stripe.V2.Core.Vault.UsBankAccountUpdateParams
  'v2.money_management.financial_account': Stripe.V2.MoneyManagement.FinancialAccountUpdateParams
  'v2.money_management.outbound_setup_intent': Stripe.V2.MoneyManagement.OutboundSetupIntentUpdateParams
  'v2.money_management.payout_intent': Stripe.V2.MoneyManagement.PayoutIntentUpdateParams
  webhook_endpoint: Stripe.WebhookEndpointUpdateParams
}

/** Parameters of what else can be done with an object: the last word of the path. */
export interface ActionParams {
  account: {
    reject: Stripe.AccountRejectParams
    unreject: Stripe.AccountUnrejectParams
  }
  'apps.install': {
    uninstall: Stripe.Apps.InstallRetrieveParams
  }
  'apps.secret': {
    delete: Stripe.Apps.SecretFindParams
  }
  bank_account: {
    verify: Stripe.CustomerVerifySourceParams
  }
  'billing.alert': {
    activate: Stripe.Apps.InstallRetrieveParams
    archive: Stripe.Apps.InstallRetrieveParams
    deactivate: Stripe.Apps.InstallRetrieveParams
  }
  'billing.credit_grant': {
    expire: Stripe.Apps.InstallRetrieveParams
    void: Stripe.Apps.InstallRetrieveParams
  }
  'billing.feedback_option': {
    deactivate: Stripe.Apps.InstallRetrieveParams
  }
  'billing.meter': {
    deactivate: Stripe.Apps.InstallRetrieveParams
    reactivate: Stripe.Apps.InstallRetrieveParams
  }
  charge: {
    capture: Stripe.ChargeCaptureParams
  }
  'checkout.session': {
    expire: Stripe.Apps.InstallRetrieveParams
  }
  'climate.order': {
    cancel: Stripe.Apps.InstallRetrieveParams
  }
  credit_note: {
    void: Stripe.CreditNoteVoidCreditNoteParams
  }
  dispute: {
    close: Stripe.DisputeCloseParams
  }
  'financial_connections.account': {
    disconnect: Stripe.Apps.InstallRetrieveParams
    refresh: Stripe.FinancialConnections.AccountRefreshParams
    subscribe: Stripe.FinancialConnections.AccountSubscribeParams
    unsubscribe: Stripe.FinancialConnections.AccountSubscribeParams
  }
  'identity.verification_session': {
    cancel: Stripe.Apps.InstallRetrieveParams
    redact: Stripe.Apps.InstallRetrieveParams
  }
  invoice: {
    add_lines: Stripe.InvoiceAddLinesParams
    attach_payment: Stripe.InvoiceAttachPaymentParams
    finalize: Stripe.InvoiceFinalizeInvoiceParams
    mark_uncollectible: Stripe.InvoiceMarkUncollectibleParams
    pay: Stripe.InvoicePayParams
    remove_lines: Stripe.InvoiceRemoveLinesParams
    send: Stripe.InvoiceSendInvoiceParams
    update_lines: Stripe.InvoiceUpdateLinesParams
    void: Stripe.InvoiceVoidInvoiceParams
  }
  invoice_rendering_template: {
    archive: Stripe.InvoiceRenderingTemplateArchiveParams
    unarchive: Stripe.InvoiceRenderingTemplateUnarchiveParams
  }
  'issuing.authorization': {
    approve: Stripe.Issuing.AuthorizationApproveParams
    decline: Stripe.Issuing.AuthorizationUpdateParams
    expire: Stripe.Apps.InstallRetrieveParams
  }
  'issuing.card': {
    deliver: Stripe.Apps.InstallRetrieveParams
    fail: Stripe.Apps.InstallRetrieveParams
    return: Stripe.Apps.InstallRetrieveParams
    ship: Stripe.Apps.InstallRetrieveParams
    submit: Stripe.Apps.InstallRetrieveParams
  }
  'issuing.dispute': {
    submit: Stripe.Issuing.AuthorizationUpdateParams
  }
  'issuing.personalization_design': {
    activate: Stripe.Apps.InstallRetrieveParams
    deactivate: Stripe.Apps.InstallRetrieveParams
  }
  payment_intent: {
    apply_customer_balance: Stripe.PaymentIntentApplyCustomerBalanceParams
    cancel: Stripe.PaymentIntentCancelParams
    capture: Stripe.PaymentIntentCaptureParams
    confirm: Stripe.PaymentIntentConfirmParams
    increment_authorization: Stripe.PaymentIntentIncrementAuthorizationParams
    verify_microdeposits: Stripe.PaymentIntentVerifyMicrodepositsParams
  }
  payment_method: {
    attach: Stripe.PaymentMethodAttachParams
    detach: Stripe.PaymentMethodDetachParams
  }
  payment_method_domain: {
    validate: Stripe.PaymentMethodDomainValidateParams
  }
  payment_record: {
    report_payment: Stripe.PaymentRecordReportPaymentParams
    report_payment_attempt: Stripe.PaymentRecordReportPaymentAttemptParams
    report_payment_attempt_canceled: Stripe.PaymentRecordReportPaymentAttemptCanceledParams
    report_payment_attempt_failed: Stripe.PaymentRecordReportPaymentAttemptFailedParams
    report_payment_attempt_guaranteed: Stripe.PaymentRecordReportPaymentAttemptGuaranteedParams
    report_payment_attempt_informational: Stripe.PaymentRecordReportPaymentAttemptInformationalParams
    report_refund: Stripe.PaymentRecordReportRefundParams
  }
  payout: {
    cancel: Stripe.PayoutCancelParams
    reverse: Stripe.PayoutReverseParams
  }
  quote: {
    accept: Stripe.QuoteAcceptParams
    cancel: Stripe.QuoteCancelParams
    finalize: Stripe.QuoteFinalizeQuoteParams
  }
  refund: {
    cancel: Stripe.RefundCancelParams
    expire: Stripe.Apps.InstallRetrieveParams
  }
  review: {
    approve: Stripe.ReviewApproveParams
  }
  setup_intent: {
    cancel: Stripe.SetupIntentCancelParams
    confirm: Stripe.SetupIntentConfirmParams
    verify_microdeposits: Stripe.SetupIntentVerifyMicrodepositsParams
  }
  source: {
    verify: Stripe.SourceVerifyParams
  }
  subscription: {
    migrate: Stripe.SubscriptionMigrateParams
    pause: Stripe.SubscriptionPauseParams
    resume: Stripe.SubscriptionResumeParams
  }
  subscription_schedule: {
    cancel: Stripe.SubscriptionScheduleCancelParams
    release: Stripe.SubscriptionScheduleReleaseParams
  }
  'terminal.reader': {
    cancel_action: Stripe.Apps.InstallRetrieveParams
    collect_inputs: Stripe.Terminal.ReaderCollectInputsParams
    collect_payment_method: Stripe.Terminal.ReaderCollectPaymentMethodParams
    confirm_payment_intent: Stripe.Terminal.ReaderConfirmPaymentIntentParams
    process_payment_intent: Stripe.Terminal.ReaderProcessPaymentIntentParams
    process_setup_intent: Stripe.Terminal.ReaderProcessSetupIntentParams
    refund_payment: Stripe.Terminal.ReaderRefundPaymentParams
    set_reader_display: Stripe.Terminal.ReaderSetReaderDisplayParams
    timeout_input_collection: Stripe.Apps.InstallRetrieveParams
  }
  'test_helpers.test_clock': {
    advance: Stripe.TestHelpers.TestClockAdvanceParams
  }
  'three_d_secure.authentication': {
    cancel: Stripe.Issuing.AuthorizationUpdateParams
    submit: Stripe.ThreeDSecure.AuthenticationSubmitParams
  }
  topup: {
    cancel: Stripe.TopupCancelParams
  }
  'treasury.financial_account': {
    close: Stripe.Treasury.FinancialAccountCloseParams
  }
  'treasury.inbound_transfer': {
    cancel: Stripe.Apps.InstallRetrieveParams
    return: Stripe.Apps.InstallRetrieveParams
    succeed: Stripe.Apps.InstallRetrieveParams
  }
  'treasury.outbound_payment': {
    cancel: Stripe.Apps.InstallRetrieveParams
    fail: Stripe.Apps.InstallRetrieveParams
    post: Stripe.Apps.InstallRetrieveParams
  }
  'treasury.outbound_transfer': {
    cancel: Stripe.Apps.InstallRetrieveParams
    fail: Stripe.Apps.InstallRetrieveParams
    post: Stripe.Apps.InstallRetrieveParams
  }
  'v2.core.account': {
    close: Stripe.V2.Core.AccountCloseParams
  }
  'v2.core.vault.us_bank_account': {
    confirm_microdeposits: Stripe.V2.Core.Vault.UsBankAccountConfirmMicrodepositsParams
  }
}
