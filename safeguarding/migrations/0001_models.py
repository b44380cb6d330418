import django.db.models.deletion
import participants.confidential
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # What an installation made before the first release has been through.
    replaces = [
        ('safeguarding', '0001_initial'),
        ('safeguarding', '0002_reported_words'),
    ]

    dependencies = [
        ('matching', '0001_models'),
        ('participants', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=9, unique=True)),
                ('receipt', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('key', models.UUIDField(unique=True)),
                ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('match', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='matching.match')),
                ('wrote', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('concerned', participants.confidential.ConfidentialTextField(blank=True)),
                ('text', participants.confidential.ConfidentialTextField()),
                ('contact', participants.confidential.ConfidentialTextField(blank=True)),
                ('in_danger', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=10)),
                ('outcome', models.CharField(blank=True, choices=[('acted', 'Acted on here'), ('referred', 'Handed to an authority or a service outside'), ('nothing', 'Looked into, nothing further to do'), ('mistake', 'Reported by mistake')], max_length=10)),
                ('lead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('legal_hold', models.BooleanField(default=False)),
                ('reported_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('people', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-reported_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'closed'])), name='case_state_known'), models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'acted', 'referred', 'nothing', 'mistake'])), name='case_outcome_known'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('outcome', ''), ('state', 'open')), models.Q(('closed_at__isnull', False), ('state', 'closed'), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='case_closed_with_an_outcome'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='case_says_something')],
            },
        ),
        migrations.CreateModel(
            name='CaseNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='safeguarding.case')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('body', participants.confidential.ConfidentialTextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('body', ''), _negated=True), name='case_note_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='safeguarding.case')),
                ('match', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='matching.match')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', participants.confidential.ConfidentialTextField()),
                ('with_private', models.BooleanField(default=False)),
                ('opened_at', models.DateTimeField(db_index=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('tell_at', models.DateTimeField(db_index=True)),
                ('told_at', models.DateTimeField(null=True)),
                ('delay_reason', participants.confidential.ConfidentialTextField(blank=True)),
                ('people', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-opened_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='opening_has_a_reason'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('opened_at')), _connector='OR'), name='opening_ends_after_it_began'), models.CheckConstraint(condition=models.Q(('tell_at__gt', models.F('opened_at'))), name='opening_told_of_afterwards'), models.CheckConstraint(condition=models.Q(('told_at__isnull', True), ('told_at__gte', models.F('tell_at')), _connector='OR'), name='opening_told_when_it_is_time')],
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('emergency', models.TextField(blank=True, max_length=1000)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_wording_of_safeguarding')],
            },
        ),
    ]
