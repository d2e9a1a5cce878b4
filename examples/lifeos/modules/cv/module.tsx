import { ListField, TextField } from '@lifeline/page/views/fields';

import { lifeModule } from '../module';
import schema from './schema.json';

export const cv = lifeModule({
  kind: 'cv',
  title: 'CV',
  schema,
  before: 'It appears here as soon as there is something to write down. Say who you are and what you do.',
  fields: () => (
    <>
      <TextField path="/name" label="Name" />
      <TextField path="/headline" label="What you are" />
      <ListField path="/skills" label="Skills" blank="">
        {(path, label) => <TextField path={path} label={label} />}
      </ListField>
      <ListField path="/experience" label="Experience" blank={{ role: '', at: '', years: '', what: '' }}>
        {(path, label) => (
          <div role="group" className="object-field" aria-label={label}>
            <TextField path={`${path}/role`} label="As what" />
            <TextField path={`${path}/at`} label="Where" />
            <TextField path={`${path}/years`} label="When" />
            <TextField path={`${path}/what`} label="What you did there" lines={3} />
          </div>
        )}
      </ListField>
    </>
  ),
});
