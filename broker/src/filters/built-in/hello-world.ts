import { Filter, type FilterLocus } from '../filter.ts';

/**
 * The paper's first example (section 6.2): tags every locus.
 *
 * There is no science in it. It shows the form of a filter, and that a stream works from end to end; it is off unless the
 * configuration names it, because a tag that everything has is of no use to anybody.
 */
export class HelloWorld extends Filter {
  readonly name = 'hello_world';
  readonly description = 'Tags every locus: the smallest filter there is.';
  override readonly outputTags = [
    { name: 'hello_world', description: 'This tag is on every locus that was looked at.' },
  ];

  run(locus: FilterLocus): void {
    locus.tag('hello_world');
  }
}
