import { ListField, TextField } from '@lifeline/page/views/fields';

import { lifeModule } from '../module';
import schema from './schema.json';

export const interview = lifeModule({
  kind: 'interview',
  title: 'Interview',
  schema,
  before: 'The questions appear here. Say that you would like to practise an interview.',
  fields: () => (
    <ListField path="/questions" label="Questions" blank={{ question: '', answer: '' }}>
      {(path, label) => (
        <div role="group" className="object-field" aria-label={label}>
          <TextField path={`${path}/question`} label="Question" />
          <TextField path={`${path}/answer`} label="Your answer" lines={3} />
        </div>
      )}
    </ListField>
  ),
});
