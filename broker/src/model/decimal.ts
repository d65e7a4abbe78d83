/** How many decimal digits an integer has. @param value  ≥ 0, exact as a double */
export function countDigits(value: number): number {
  let count = 1;
  for (let power = 10; power <= value; power *= 10) count += 1;
  return count;
}
