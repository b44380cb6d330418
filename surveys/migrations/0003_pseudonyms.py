import django.db.models.deletion
from django.db import migrations, models

import participants.confidential
import surveys.models


class Migration(migrations.Migration):
    """The tables and columns that answers need to stand under a pseudonym; filled by the next one."""

    dependencies = [
        ('programs', '0003_applications_wishes_and_exclusions'),
        ('surveys', '0002_moments'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswerKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', participants.confidential.ConfidentialTextField(blank=True)),
                ('destroyed_at', models.DateTimeField(null=True)),
                ('program', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='answer_key', to='programs.program')),
            ],
        ),
        migrations.CreateModel(
            name='Respondent',
            fields=[
                ('id', models.BigIntegerField(default=surveys.models.drawn_by_lot, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=32)),
                ('sent', models.PositiveIntegerField(default=0)),
                ('unit', models.PositiveIntegerField(null=True)),
                ('arm', models.CharField(blank=True, max_length=80)),
                ('arm_by_model', models.CharField(blank=True, max_length=80)),
                ('chosen', models.CharField(blank=True, max_length=80)),
                ('chosen_by_model', models.CharField(blank=True, max_length=80)),
                ('again', models.BooleanField(default=False)),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='respondents', to='programs.program')),
            ],
        ),
        migrations.AddField(
            model_name='invitation',
            name='cut_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='response',
            name='about',
            field=models.CharField(blank=True, default='', max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='response',
            name='closed_in',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='response',
            name='number',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='response',
            name='survey',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='surveys.survey'),
        ),
        migrations.AddField(
            model_name='response',
            name='respondent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='surveys.respondent'),
        ),
        migrations.AlterField(
            model_name='answer',
            name='id',
            field=models.BigIntegerField(default=surveys.models.drawn_by_lot, editable=False, primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name='response',
            name='id',
            field=models.BigIntegerField(default=surveys.models.drawn_by_lot, editable=False, primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name='response',
            name='invitation',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='response', to='surveys.invitation'),
        ),
        migrations.AddConstraint(
            model_name='respondent',
            constraint=models.UniqueConstraint(fields=('program', 'code'), name='one_respondent_of_a_code'),
        ),
    ]
