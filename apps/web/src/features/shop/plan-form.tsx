import type { AdminPlan, PlanBenefits, PlanPeriod } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { errorInfo, errorText } from '../../lib/errors.js';
import { fenOf } from '../../lib/money.js';
import { trpc } from '../../trpc.js';
import { FormDialog } from '../../ui/dialog-form.js';
import { TextAreaField, TextField } from '../../ui/field.js';

const GB = 1024 ** 3;
const PERIODS: PlanPeriod[] = ['month', 'year', 'lifetime'];
const PRICE_LABEL: Record<PlanPeriod, () => string> = {
  month: m.shop_price_month,
  year: m.shop_price_year,
  lifetime: m.shop_price_lifetime,
};

type Typed = Record<'storage' | 'articles' | 'tokens' | 'streams', string>;

const typedOf = (value: number | null | undefined, unit = 1): string =>
  value === null || value === undefined ? '' : `${value / unit}`;

/** An allowance as typed: null where the field is empty, undefined where it is no number. */
function allowanceOf(typed: string, unit = 1): number | null | undefined {
  const text = typed.trim();
  if (text === '') return null;
  if (!/^\d{1,12}(\.\d+)?$/.test(text)) return undefined;
  return Math.round(Number(text) * unit);
}

/** Makes a plan, or a new version of one. */
export function PlanForm({ plan, onClose }: { plan: AdminPlan | null; onClose: () => void }) {
  const utils = trpc.useUtils();
  const [key, setKey] = useState('');
  const [name, setName] = useState(plan?.name ?? '');
  const [description, setDescription] = useState(plan?.description ?? '');
  const [prices, setPrices] = useState<Record<PlanPeriod, string>>(() => {
    const of = (period: PlanPeriod) => {
      const price = plan?.prices.find((one) => one.period === period);
      return price ? (price.amountFen / 100).toFixed(2) : '';
    };
    return { month: of('month'), year: of('year'), lifetime: of('lifetime') };
  });
  const [typed, setTyped] = useState<Typed>({
    storage: typedOf(plan?.benefits.storageBytes, GB),
    articles: typedOf(plan?.benefits.articles),
    tokens: typedOf(plan?.benefits.aiTokensPerMonth),
    streams: typedOf(plan?.benefits.concurrentStreams),
  });
  const [hasJobPriority, setHasJobPriority] = useState(plan?.benefits.hasJobPriority ?? false);
  const [hasCustomDomain, setHasCustomDomain] = useState(plan?.benefits.hasCustomDomain ?? false);
  const [isTried, setIsTried] = useState(false);

  const options = {
    onSuccess: onClose,
    onSettled: () => {
      void utils.admin.plans.list.invalidate();
      void utils.plans.list.invalidate();
    },
  };
  const create = trpc.admin.plans.create.useMutation(options);
  const update = trpc.admin.plans.update.useMutation(options);
  const { error } = plan ? update : create;

  const storageBytes = allowanceOf(typed.storage, GB);
  const articles = allowanceOf(typed.articles);
  const aiTokensPerMonth = allowanceOf(typed.tokens);
  const concurrentStreams = allowanceOf(typed.streams);
  const isKeyRight = plan !== null || /^[a-z][a-z0-9-]{1,31}$/.test(key);
  const wrongPrice = (period: PlanPeriod) =>
    prices[period].trim() !== '' && !(Number(fenOf(prices[period])) > 0);

  function submit(): void {
    setIsTried(true);
    const isWrong = name.trim() === '' || !isKeyRight || PERIODS.some(wrongPrice);
    if (
      isWrong ||
      storageBytes === undefined ||
      articles === undefined ||
      aiTokensPerMonth === undefined ||
      concurrentStreams === undefined
    ) {
      return;
    }
    const allowances = { storageBytes, articles, aiTokensPerMonth, concurrentStreams };
    const benefits: PlanBenefits = { ...allowances, hasJobPriority, hasCustomDomain };
    const sold = PERIODS.flatMap((period) => {
      const amountFen = fenOf(prices[period]);
      return amountFen === null ? [] : [{ period, amountFen }];
    });
    const content = { name: name.trim(), description, benefits, prices: sold };
    if (plan) update.mutate({ id: plan.id, data: { ...content, isActive: plan.isActive } });
    else create.mutate({ key, ...content });
  }

  const number = (field: keyof Typed, label: string, value: number | null | undefined) => (
    <TextField
      label={label}
      inputMode="decimal"
      value={typed[field]}
      placeholder={m.shop_as_everybody()}
      error={isTried && value === undefined ? m.shop_not_a_number() : null}
      onChange={(event) => setTyped({ ...typed, [field]: event.target.value })}
    />
  );

  return (
    <FormDialog
      onClose={onClose}
      size="lg"
      title={plan ? m.shop_plan_change({ name: plan.name }) : m.shop_plan_new()}
      description={plan ? m.shop_plan_change_hint() : m.shop_plan_new_hint()}
      submitLabel={m.common_save()}
      isBusy={create.isPending || update.isPending}
      onSubmit={submit}
    >
      <div className="grid items-start gap-4 md:grid-cols-2">
        <TextField
          label={m.shop_plan_name()}
          value={name}
          maxLength={60}
          error={isTried && name.trim() === '' ? m.shop_needed() : null}
          onChange={(event) => setName(event.target.value)}
        />
        {plan === null && (
          <TextField
            label={m.shop_plan_key()}
            hint={m.shop_plan_key_hint()}
            value={key}
            maxLength={32}
            spellCheck={false}
            autoCapitalize="none"
            error={isTried && !isKeyRight ? m.shop_plan_key_wrong() : null}
            onChange={(event) => setKey(event.target.value)}
          />
        )}
      </div>
      <TextAreaField
        label={m.shop_plan_description()}
        rows={2}
        maxLength={2000}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
      />
      <fieldset className="grid gap-3">
        <legend className="mb-2 text-sm font-semibold">{m.shop_prices()}</legend>
        <div className="grid items-start gap-4 md:grid-cols-3">
          {PERIODS.map((period) => (
            <TextField
              key={period}
              label={PRICE_LABEL[period]()}
              inputMode="decimal"
              value={prices[period]}
              placeholder={m.shop_not_sold()}
              error={isTried && wrongPrice(period) ? m.shop_not_an_amount() : null}
              onChange={(event) => setPrices({ ...prices, [period]: event.target.value })}
            />
          ))}
        </div>
        <p className="text-[0.8125rem] text-ink-3">{m.shop_prices_hint()}</p>
      </fieldset>
      <fieldset className="grid gap-3">
        <legend className="mb-2 text-sm font-semibold">{m.shop_benefits()}</legend>
        <div className="grid items-start gap-4 md:grid-cols-2">
          {number('storage', m.shop_benefit_storage(), storageBytes)}
          {number('articles', m.shop_benefit_articles(), articles)}
          {number('tokens', m.shop_benefit_tokens(), aiTokensPerMonth)}
          {number('streams', m.shop_benefit_streams(), concurrentStreams)}
        </div>
        <Tick isOn={hasJobPriority} onChange={setHasJobPriority} label={m.benefit_priority()} />
        <Tick isOn={hasCustomDomain} onChange={setHasCustomDomain} label={m.benefit_domain()} />
      </fieldset>
      {error && (
        <p role="alert" className="text-sm text-danger">
          {errorInfo(error).code === 'name_taken'
            ? m.shop_plan_key_taken()
            : errorText(errorInfo(error).code)}
        </p>
      )}
    </FormDialog>
  );
}

interface TickProps {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  label: string;
}

function Tick({ isOn, onChange, label }: TickProps) {
  return (
    <label className="flex items-center gap-2 text-sm max-md:min-h-11">
      <input
        type="checkbox"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 accent-accent"
      />
      {label}
    </label>
  );
}
