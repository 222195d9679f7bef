/** So far a line may reach past the plot, since it has a width: in px. */
export const strokeRoom = 1;
