import { BareButton } from './button';

export interface ChoiceProps {
  readonly name: string;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

/** The name of an item whose chart can be shown. */
export function Choice({ name, chosen, onChoose }: ChoiceProps) {
  return (
    <BareButton
      aria-pressed={chosen}
      onClick={onChoose}
      title={name}
      className={`max-w-full truncate rounded px-1 align-top font-semibold -outline-offset-2 hover:text-ink ${chosen ? 'bg-raised text-ink' : 'text-soft'}`}
    >
      {name}
    </BareButton>
  );
}
