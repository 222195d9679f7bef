export interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  readonly valueText: string;
  readonly onChange: (value: number) => void;
  readonly className?: string;
}

export function Slider({ label, valueText, onChange, className = '', ...range }: SliderProps) {
  return (
    <input
      {...range}
      type="range"
      aria-label={label}
      aria-valuetext={valueText}
      onChange={({ target }) => onChange(Number(target.value))}
      className={`h-9 min-w-32 cursor-pointer pointer-coarse:h-11 ${className}`}
    />
  );
}
