/** The beat, in the colour of what is well. */
export function Logo() {
  return (
    <svg aria-hidden="true" viewBox="0 0 26 18" className="h-5 w-7 shrink-0 text-good" fill="none">
      <path
        d="M1 10h5l3-8 5.5 14L18 7l2 3h5"
        stroke="currentColor"
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
